"""HTML pages for people: the website authorisation, and a look at the simulator."""
