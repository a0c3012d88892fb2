"""Jobs of sending: claim, attempt and settle deliveries, and what people decide about them."""
