package cli

// grammar is the whole command line. Each command has a type with its flags and a
// method Run, in the file of its group.
type grammar struct {
	globals

	Init     initCmd     `cmd:"" help:"Make a new book with its first creditor."`
	Migrate  migrateCmd  `cmd:"" help:"Bring the book up to this version of the program."`
	Creditor creditorCmd `cmd:"" name:"creditor" help:"The legal persons to whom debts are owed."`
	Clock    clockCmd    `cmd:"" help:"The time of the book."`
	Config   configCmd   `cmd:"" help:"Settings of the book and of a creditor."`
	Version  versionCmd  `cmd:"" help:"Version of the program and of its tables."`

	Run     runCmd     `cmd:"" help:"Decide every customer and plan what goes out today."`
	Explain explainCmd `cmd:"" help:"Why something goes out, or why nothing does."`

	Strategy strategyCmd `cmd:"" help:"The ladders of reminders."`
	Interest interestCmd `cmd:"" help:"Interest on one debt, line by line. Needs no book."`
}
