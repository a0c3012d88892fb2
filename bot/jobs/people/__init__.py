"""Jobs for people: contacts from files, the places and days that people type, retention."""
