"""Charts drawn on the server as SVG. Colours come from the style sheet by class; x is in percent, so that
a chart takes any width without its letters growing or shrinking."""
