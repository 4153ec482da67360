package sim

// Try is one thing for a visitor to try: a sentence, and the page that it leads to.
type Try struct {
	Text string `json:"text"`
	Path string `json:"path"`
}

// TryThis are ten of them.
var TryThis = []Try{
	{"See what today asks of you: what must be done, whom to call, what goes out.", "/today"},
	{"Read this morning's drafts as the customers will see them, change a line, and release one.", "/messages"},
	{"Open what you have just released in the demo mailbox: it left within a second, and went nowhere.",
		"/demo/mail"},
	{"Open Harrow & Pike: they used to pay four days late and now owe 61,000, with a credit note, money that is " +
		"set against nothing and a dispute about one invoice.", "/customers/brightwater-gb/G10001"},
	{"Ask why the Mahnung to Möbelwerk Lindner claims no interest yet: the date to pay was never agreed.",
		"/customers/brightwater-de/D10001"},
	{"Find out why Cedar Falls Tooling is left alone: its check is in the mail, and until when that is believed.",
		"/customers/brightwater-us/U10001"},
	{"Record that a customer promises to pay on Friday, and move the clock by a week: the bank decides whether " +
		"the promise was kept.", "/customers?strategy=standard"},
	{"Move the clock by one day: money crosses reminders, and those are held back at the last second.", "/demo"},
	{"Follow the overdue sum from the plot down to single invoices.", "/reports/aging"},
	{"Find the run that was taken back and why, and check that nobody changed the log.",
		"/audit?command=void_run"},
}
