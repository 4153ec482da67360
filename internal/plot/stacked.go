package plot

import "io"

// Stacked is a bar for each bucket, made of the series from the bottom up. All values are
// of one unit; negative ones hang below the line.
type Stacked struct {
	Frame
	Buckets []string // under the bars
	Heading string   // of the buckets in the table
	Series  []Series
	Links   []string // for each bucket what is behind it; only links within the site
}

const (
	plotHeight = 210.0
	topMargin  = 26.0
	foot       = 28.0 // under the bars: their labels
	maxBar     = 72.0
)

// WriteTo writes the svg element.
func (p Stacked) WriteTo(w io.Writer) (int64, error) {
	lowest, highest := int64(0), int64(0)
	for i := range p.Buckets {
		down, up := p.ends(i)
		lowest, highest = min(lowest, down), max(highest, up)
	}
	s := newScale(lowest, highest, 4, topMargin, plotHeight)
	foot := foot
	if lowest < 0 {
		foot += 16 // values that hang down stand above the labels
	}
	return p.svg(w, topMargin+plotHeight+foot, len(p.Series), len(p.Links) > 0, func(d *drawing) {
		left, right := s.room(&p.Frame), p.width()-4
		if len(p.Series) > 1 && !p.narrow() {
			right -= p.keyRoom()
		}
		s.axis(d, &p.Frame, left, right)
		band := (right - left) / float64(max(len(p.Buckets), 1))
		for i := range p.Buckets {
			p.bucket(d, &s, i, left+band*float64(i), band, foot)
		}
		p.key(d, right+16)
	})
}

// ends are how far the bar of a bucket goes down and up.
func (p *Stacked) ends(i int) (down, up int64) {
	for k := range p.Series {
		if v := p.Series[k].at(i); v < 0 {
			down += v
		} else {
			up += v
		}
	}
	return down, up
}

func (p *Stacked) bucket(d *drawing, s *scale, i int, x, band, foot float64) {
	gap := max(min(band*0.18, 14), (band-maxBar)/2)
	down, up := p.ends(i)
	link := safeLink(p.Links, i)
	if link != "" {
		d.link(link, p.Buckets[i]+": "+p.full(up+down))
		d.element("rect", "x", px(round(x)), "y", px(s.top), "width", px(round(band)), "height",
			px(s.height+foot-4), "class", "hit")
	}
	var below, above int64
	for k := range p.Series {
		v := p.Series[k].at(i)
		from := &above
		if v < 0 {
			from = &below
		}
		top, bottom := s.y(max(*from, *from+v)), s.y(min(*from, *from+v))
		d.bar(&p.Frame, x+gap, top, band-2*gap, bottom-top, k, p.Series[k].Name+", "+p.Buckets[i]+": "+p.full(v))
		*from += v
	}
	if up != 0 || down == 0 {
		d.text(x+band/2, s.y(up)-6, "value mid", p.fitting(up, band))
	}
	if down != 0 {
		d.text(x+band/2, s.y(down)+14, "value mid", p.fitting(down, band))
	}
	d.text(x+band/2, s.top+s.height+foot-10, "label mid", shortened(p.Buckets[i], band+2))
	if link != "" {
		d.WriteString("</a>\n")
	}
}

// keyRoom is the width of the names beside the last bar.
func (p *Stacked) keyRoom() float64 {
	w := 0.0
	for k := range p.Series {
		w = max(w, textWidth(p.Series[k].Name), textWidth(p.full(p.sum(k))))
	}
	return min(w+38, p.width()/3)
}

func (p *Stacked) sum(k int) (sum int64) {
	for i := range p.Buckets {
		sum += p.Series[k].at(i)
	}
	return sum
}

// key names the series beside the bars in the order in which they are stacked, each with
// its sum; where there is no room, over them.
func (p *Stacked) key(d *drawing, x float64) {
	if len(p.Series) < 2 {
		return
	}
	if p.narrow() {
		at := 2.0
		for k := range p.Series {
			d.bar(&p.Frame, at, 2, 10, 10, k, "")
			d.text(at+14, 11, "label", p.Series[k].Name)
			at += 26 + textWidth(p.Series[k].Name)
		}
		return
	}
	y := topMargin + 12
	for k := len(p.Series) - 1; k >= 0; k-- {
		d.bar(&p.Frame, x, y-9, 10, 10, k, "")
		d.text(x+16, y, "label strong", shortened(p.Series[k].Name, p.width()-x-18))
		d.text(x+16, y+16, "value", p.full(p.sum(k)))
		y += 42
	}
}

// Table is a row for each bucket and one for the sums.
func (p Stacked) Table() Table {
	t := Table{Caption: p.Title, Head: []string{p.Heading}, Links: safeLinks(p.Links)}
	for k := range p.Series {
		t.Head = append(t.Head, p.Series[k].Name)
	}
	if len(p.Series) > 1 {
		t.Head = append(t.Head, "Total")
	}
	for i := range p.Buckets {
		row := []string{p.Buckets[i]}
		for k := range p.Series {
			row = append(row, p.full(p.Series[k].at(i)))
		}
		if down, up := p.ends(i); len(p.Series) > 1 {
			row = append(row, p.full(up+down))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
