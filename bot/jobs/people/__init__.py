"""Jobs for people: contacts from files, retention."""
