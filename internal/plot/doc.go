// Package plot draws plots as SVG on the server, from plain numbers: stacked bars, bars
// with a line, and horizontal bars, each with the table of figures behind it.
//
// Its one job is that a plot can be read by everybody: in light and dark and in print (it
// takes its colours from the custom properties of the page, by the classes of plot.css),
// without colour (every series has a pattern and a label of its own), by a screen reader
// (a title, a description, and the table), and without script. It must never know where a
// number comes from, add up two units, or write a character that was handed to it unescaped.
package plot
