"""Jobs for staff: what they are told in their chats, and what they look at before it goes out."""
