"""Topics of staff: posts, pledges, questions, holds, alerts, announcements and numbers."""
