"""Values of the room of pledges that its main ones don't need."""
