package letter

import "github.com/recoup-project/recoup/internal/document/pdf"

// block is rows that follow each other, with what a page break does to them.
type block struct {
	before pdf.Unit // room above, unless it begins a page
	rows   []row
	head   *row // stands above the rows again after a break; rows does not hold it
	keep   bool // what follows stands on the same page
	whole  bool // it is not split where a page can hold it
	// carried and brought are the rows of a sum that is carried over a break before row i.
	carried, brought func(i int) row
}

func (b *block) height(from, to int) (sum pdf.Unit) {
	for i := from; i < to; i++ {
		sum += b.rows[i].height
	}
	return sum
}

// headHeight is the height of what stands above the rows.
func (b *block) headHeight() pdf.Unit {
	if b.head == nil {
		return 0
	}
	return b.head.height
}

// orphans is how many rows of a block at least stand together.
const orphans = 2

// start is the height of the least of the block that may stand at the end of a page.
func (b *block) start() pdf.Unit {
	n := min(orphans, len(b.rows))
	if b.whole || len(b.rows) <= orphans+1 {
		n = len(b.rows)
	}
	return b.before + b.headHeight() + b.height(0, n)
}

// flow sets blocks on pages.
type flow struct {
	pages  [][]mark
	y      pdf.Unit
	top    bool // nothing stands on the page yet
	begin  pdf.Unit
	bottom func(page int) pdf.Unit // where the rows of a page end
	from   pdf.Unit                // where they begin on the first
	used   pdf.Unit                // the height of all rows
}

func (f *flow) page(begin pdf.Unit) {
	f.pages = append(f.pages, nil)
	f.y, f.top = begin, true
	if len(f.pages) == 1 {
		f.from = begin
	}
}

// mayShrink reports whether rows that are set closely could take a page less.
func (f *flow) mayShrink() bool {
	n := len(f.pages) - 1
	if n == 0 {
		return false
	}
	room := f.bottom(0) - f.from
	for i := 1; i < n; i++ {
		room += f.bottom(i) - f.begin
	}
	return f.used*3/4 <= room
}

func (f *flow) room() pdf.Unit { return f.bottom(len(f.pages)-1) - f.y }

func (f *flow) set(r row) {
	last := len(f.pages) - 1
	for _, m := range r.marks {
		m.y += f.y
		f.pages[last] = append(f.pages[last], m)
	}
	f.y += r.height
	f.used += r.height
	f.top = false
}

// all sets blocks one after the other, each with as much of the next as belongs to it.
func (f *flow) all(list []block) {
	for i := range list {
		together := pdf.Unit(0)
		for k := i; k < len(list)-1 && list[k].keep; k++ {
			together += list[k+1].start()
			if k+1 < len(list)-1 && list[k+1].keep && len(list[k+1].rows) > orphans+1 {
				break // it can be split, and what follows stays with its end
			}
		}
		f.block(&list[i], together)
	}
}

// block sets one block. together is the height of what must stand on the same page as
// its last rows.
func (f *flow) block(b *block, together pdf.Unit) {
	if !f.top {
		f.y += b.before
		f.used += b.before
	}
	for from := 0; from < len(b.rows); {
		n := f.fitting(b, from, together)
		if n == 0 {
			f.page(f.begin)
			n = max(1, f.fitting(b, from, together))
		}
		if b.head != nil && (from == 0 || f.top) {
			f.set(*b.head)
		}
		if from > 0 && b.brought != nil {
			f.set(b.brought(from))
		}
		for _, r := range b.rows[from : from+n] {
			f.set(r)
		}
		from += n
		if from < len(b.rows) {
			if b.carried != nil {
				f.set(b.carried(from))
			}
			f.page(f.begin)
		}
	}
}

// fitting is how many rows from one on are set on this page; 0 if the page is to be
// turned before.
func (f *flow) fitting(b *block, from int, together pdf.Unit) int {
	room, left := f.room(), len(b.rows)-from
	if from == 0 || f.top {
		room -= b.headHeight()
	}
	if from > 0 && b.brought != nil {
		room -= b.brought(from).height
	}
	if b.height(from, len(b.rows))+together <= room {
		return left
	}
	if b.whole && !f.top {
		return 0
	}
	if b.carried != nil {
		room -= b.carried(from).height
	}
	n := 0
	for n < left && b.height(from, from+n+1) <= room {
		n++
	}
	n = min(n, left-min(orphans, left)) // the rest, with what follows, on the next page
	if n < orphans && !(f.top && n > 0) {
		if f.top {
			return max(1, n)
		}
		return 0
	}
	return n
}
