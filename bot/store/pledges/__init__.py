"""Tables about pledges: answers, editors, journeys, requests to official addresses."""
