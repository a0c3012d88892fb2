"""Jobs for campaign authors: begin a campaign, look at its calendar, find every problem of its
data.
"""
