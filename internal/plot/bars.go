package plot

import "io"

// Bars are horizontal bars, each named at its left and with its value at its end.
type Bars struct {
	Frame
	Heading string // of the labels in the table
	Labels  []string
	Series  Series
	Links   []string
}

const barRow = 30.0

// WriteTo writes the svg element. Negative values have no bar.
func (p Bars) WriteTo(w io.Writer) (int64, error) {
	highest, names, values := int64(1), 0.0, 0.0
	for i := range p.Labels {
		highest = max(highest, p.Series.at(i))
		names = max(names, textWidth(p.Labels[i]))
		values = max(values, textWidth(p.full(p.Series.at(i))))
	}
	return p.svg(w, barRow*float64(max(len(p.Labels), 1))+8, 1, len(p.Links) > 0, func(d *drawing) {
		left := min(names+12, p.width()*0.42)
		full := max(p.width()-left-values-16, 10)
		for i := range p.Labels {
			v, y := p.Series.at(i), 4+barRow*float64(i)
			link := safeLink(p.Links, i)
			if link != "" {
				d.link(link, p.Labels[i]+": "+p.full(v))
				d.element("rect", "x", "0", "y", px(y), "width", px(p.width()), "height", px(barRow), "class", "hit")
			}
			length := full * float64(max(v, 0)) / float64(highest)
			if v > 0 {
				length = max(length, 2)
			}
			d.text(left-8, y+19, "label end", shortened(p.Labels[i], left-10))
			d.bar(&p.Frame, left, y+5, length, barRow-10, 0, p.Labels[i]+": "+p.full(v))
			d.text(left+length+6, y+19, "value", p.full(v))
			if link != "" {
				d.WriteString("</a>\n")
			}
		}
		d.line(left, 4, left, 4+barRow*float64(len(p.Labels)), "base")
	})
}

// Table is a row for each bar.
func (p Bars) Table() Table {
	t := Table{Caption: p.Title, Head: []string{p.Heading, p.Series.Name}, Links: safeLinks(p.Links)}
	for i := range p.Labels {
		t.Rows = append(t.Rows, []string{p.Labels[i], p.full(p.Series.at(i))})
	}
	return t
}
