package plot

import (
	"io"
)

// Weeks is a row of bars, what happened in each week, and a line, how things stood at its
// end. Both are of one unit. Either may be empty.
type Weeks struct {
	Frame
	Labels  []string // of the weeks, the oldest first
	Heading string   // of the weeks in the table
	Bars    Series
	Line    Series
	Links   []string
}

// WriteTo writes the svg element.
func (p Weeks) WriteTo(w io.Writer) (int64, error) {
	lowest, highest := int64(0), int64(0)
	for i := range p.Labels {
		lowest = min(lowest, p.Bars.at(i), p.Line.at(i))
		highest = max(highest, p.Bars.at(i), p.Line.at(i))
	}
	s := newScale(lowest, highest, 4, topMargin, plotHeight)
	return p.svg(w, topMargin+plotHeight+foot, 1, len(p.Links) > 0, func(d *drawing) {
		left, right := s.room(&p.Frame), p.width()-4
		if !p.narrow() {
			right -= p.endRoom()
		}
		s.axis(d, &p.Frame, left, right)
		band := (right - left) / float64(max(len(p.Labels), 1))
		for i := range p.Labels {
			p.week(d, &s, i, left, band)
		}
		p.line(d, &s, left, band)
		p.names(d, &s, left, right, band)
	})
}

func (p *Weeks) week(d *drawing, s *scale, i int, left, band float64) {
	x, gap := left+band*float64(i), max(min(band*0.2, 10), (band-maxBar)/2)
	link := safeLink(p.Links, i)
	if link != "" {
		d.link(link, p.Labels[i]+": "+p.told(i))
		d.element("rect", "x", px(round(x)), "y", px(s.top), "width", px(round(band)), "height",
			px(s.height+24), "class", "hit")
	}
	if len(p.Bars.Values) > 0 {
		v := p.Bars.at(i)
		top, bottom := s.y(max(v, 0)), s.y(min(v, 0))
		d.bar(&p.Frame, x+gap, top, band-2*gap, bottom-top, 0, p.Labels[i]+": "+p.Bars.Name+" "+p.full(v))
	}
	if every := p.labelEvery(band); (len(p.Labels)-1-i)%every == 0 {
		d.text(x+band/2, s.top+s.height+18, "label mid", p.Labels[i])
	}
	if link != "" {
		d.WriteString("</a>\n")
	}
}

// told is what a week says in words.
func (p *Weeks) told(i int) string {
	switch {
	case len(p.Line.Values) == 0:
		return p.Bars.Name + " " + p.full(p.Bars.at(i))
	case len(p.Bars.Values) == 0:
		return p.Line.Name + " " + p.full(p.Line.at(i))
	}
	return p.Bars.Name + " " + p.full(p.Bars.at(i)) + ", " + p.Line.Name + " " + p.full(p.Line.at(i))
}

// labelEvery leaves out labels that would run into each other.
func (p *Weeks) labelEvery(band float64) int {
	widest := 0.0
	for _, l := range p.Labels {
		widest = max(widest, textWidth(l))
	}
	every := 1
	for band*float64(every) < widest+8 && every < len(p.Labels) {
		every++
	}
	return every
}

func (p *Weeks) line(d *drawing, s *scale, left, band float64) {
	if len(p.Line.Values) == 0 || len(p.Labels) == 0 {
		return
	}
	path := ""
	for i := range p.Labels {
		move := "L"
		if i == 0 {
			move = "M"
		}
		path += move + px(round(left+band*(float64(i)+0.5))) + " " + px(round(s.y(p.Line.at(i))))
	}
	d.element("path", "d", path, "class", "line l2")
	if len(p.Labels) <= 26 {
		for i := range p.Labels {
			d.open("circle", "cx", px(round(left+band*(float64(i)+0.5))), "cy", px(round(s.y(p.Line.at(i)))),
				"r", "3.5", "class", "point l2")
			d.WriteString("><title>" + escaped(p.Labels[i]+": "+p.Line.Name+" "+p.full(p.Line.at(i))) +
				"</title></circle>\n")
		}
	}
}

// endRoom is the width of the names beside the last week.
func (p *Weeks) endRoom() float64 {
	w, last := 0.0, len(p.Labels)-1
	for _, s := range []*Series{&p.Bars, &p.Line} {
		if len(s.Values) > 0 && last >= 0 {
			w = max(w, textWidth(s.Name), textWidth(p.full(s.at(last))))
		}
	}
	return min(w+16, p.width()/3)
}

// names writes what each series is beside its last value, apart from each other.
func (p *Weeks) names(d *drawing, s *scale, left, right, band float64) {
	last := len(p.Labels) - 1
	if last < 0 {
		return
	}
	if p.narrow() {
		at := left
		if len(p.Bars.Values) > 0 {
			d.bar(&p.Frame, at, 2, 10, 10, 0, "")
			d.text(at+14, 11, "label", p.Bars.Name)
			at += 26 + textWidth(p.Bars.Name)
		}
		if len(p.Line.Values) > 0 {
			d.line(at, 7, at+12, 7, "line l2")
			d.text(at+16, 11, "label", p.Line.Name)
		}
		return
	}
	lineY, barY := s.y(p.Line.at(last)), s.y(p.Bars.at(last))
	if len(p.Line.Values) > 0 && len(p.Bars.Values) > 0 && lineY-barY < 36 && barY-lineY < 36 {
		if lineY <= barY {
			lineY = barY - 36
		} else {
			lineY = barY + 36
		}
		if lineY < s.top {
			lineY, barY = s.top, s.top+36
		}
	}
	for _, e := range []struct {
		s     *Series
		y     float64
		class string
	}{{&p.Line, lineY, "end2"}, {&p.Bars, barY, "end1"}} {
		if y := min(e.y, s.top+s.height-10); len(e.s.Values) > 0 {
			d.text(right+8, y, "label strong "+e.class, e.s.Name)
			d.text(right+8, y+16, "value", p.full(e.s.at(last)))
		}
	}
}

// Table is a row for each week, the newest first.
func (p Weeks) Table() Table {
	t := Table{Caption: p.Title, Head: []string{p.Heading}}
	for _, s := range []*Series{&p.Bars, &p.Line} {
		if len(s.Values) > 0 {
			t.Head = append(t.Head, s.Name)
		}
	}
	for i := len(p.Labels) - 1; i >= 0; i-- {
		row := []string{p.Labels[i]}
		for _, s := range []*Series{&p.Bars, &p.Line} {
			if len(s.Values) > 0 {
				row = append(row, p.full(s.at(i)))
			}
		}
		t.Rows = append(t.Rows, row)
		if len(p.Links) > 0 {
			t.Links = append(t.Links, safeLink(p.Links, i))
		}
	}
	return t
}
