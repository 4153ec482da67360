package cli

import "github.com/alecthomas/kong"

// grammar is the whole command line. Each command has a type with its flags and a
// method Run, in the file of its group.
type grammar struct {
	globals

	Init     initCmd     `cmd:"" group:"book" help:"Make a new book with its first creditor."`
	Start    startCmd    `cmd:"" group:"book" help:"Make your own book in the browser, then serve it."`
	Demo     demoCmd     `cmd:"" group:"book" help:"An invented company to look around in. Nothing leaves this machine."`
	Creditor creditorCmd `cmd:"" group:"book" name:"creditor" help:"The legal persons to whom debts are owed."`
	User     userCmd     `cmd:"" group:"book" help:"Who works with the book, and as what."`
	Config   configCmd   `cmd:"" group:"book" help:"Settings of the book and of a creditor."`
	Clock    clockCmd    `cmd:"" group:"book" help:"The time of the book."`

	Import       importCmd       `cmd:"" group:"facts" help:"Bring files into the book."`
	Reconcile    reconcileCmd    `cmd:"" group:"facts" help:"Compare a list of the bookkeeping with the book."`
	ConfirmTotal confirmTotalCmd `cmd:"" group:"facts" help:"Say that our open total is what the bookkeeping says."`
	CashKnown    cashKnownCmd    `cmd:"" group:"facts" help:"Say up to which day you looked at the bank."`
	Pay          payCmd          `cmd:"" group:"facts" help:"Record money that came in."`
	Credit       creditCmd       `cmd:"" group:"facts" help:"Record a credit given by hand."`
	Apply        applyCmd        `cmd:"" group:"facts" help:"Set money not yet matched against open invoices."`
	Reverse      reverseCmd      `cmd:"" group:"facts" help:"Take back money, a credit or a write-off."`
	WriteOff     writeOffCmd     `cmd:"" group:"facts" name:"write-off" help:"Give up residues and small balances."`
	Hold         holdCmd         `cmd:"" group:"facts" help:"Keep reminders back: dispute, promise, pause and others."`
	Note         noteCmd         `cmd:"" group:"facts" help:"Write something down about a customer or an invoice."`
	Reason       reasonCmd       `cmd:"" group:"facts" help:"Record why a customer pays late."`
	Customer     customerCmd     `cmd:"" group:"facts" help:"Customers and what is decided about them by hand."`
	Contact      contactCmd      `cmd:"" group:"facts" help:"People and addresses at a customer."`
	Paper        paperCmd        `cmd:"" group:"facts" help:"Copies of invoices, proofs of delivery and other papers."`

	Run      runCmd      `cmd:"" group:"work" help:"Decide every customer and plan what goes out today."`
	Approve  approveCmd  `cmd:"" group:"work" help:"Release messages."`
	Reject   rejectCmd   `cmd:"" group:"work" help:"Do not send messages today."`
	Postpone postponeCmd `cmd:"" group:"work" help:"Send messages on a later day, decided anew then."`
	Edit     editCmd     `cmd:"" group:"work" help:"Set the one free line of a message."`
	Void     voidCmd     `cmd:"" group:"work" help:"Take back messages, or all of a run."`
	MarkSent markSentCmd `cmd:"" group:"work" help:"Say that you posted a letter, or sent a mail yourself."`
	Send     sendCmd     `cmd:"" group:"work" help:"Send what is released."`
	Outbox   outboxCmd   `cmd:"" group:"work" help:"What is waiting, sent or in doubt."`
	Task     taskCmd     `cmd:"" group:"work" help:"Calls and other work for people."`
	Serve    serveCmd    `cmd:"" group:"work" help:"Run once a day and send, until stopped."`

	Explain  explainCmd  `cmd:"" group:"look" help:"Why something goes out, or why nothing does."`
	Report   reportCmd   `cmd:"" group:"look" help:"Reports."`
	Export   exportCmd   `cmd:"" group:"look" help:"Write a table as CSV or XLSX."`
	Search   searchCmd   `cmd:"" group:"look" help:"Find a customer or an invoice."`
	Strategy strategyCmd `cmd:"" group:"look" help:"The ladders of reminders."`
	Template templateCmd `cmd:"" group:"look" help:"The texts of the messages."`
	Interest interestCmd `cmd:"" group:"look" help:"Interest on one debt, line by line. Needs no book."`

	Mail    mailCmd    `cmd:"" group:"care" help:"Set up and try out the mail server."`
	Doctor  doctorCmd  `cmd:"" group:"care" help:"Look whether the book is sound and ready."`
	Audit   auditCmd   `cmd:"" group:"care" help:"Who did what when, and the proof that nothing was changed."`
	Arm     armCmd     `cmd:"" group:"care" help:"Give this copy of the book the right to send."`
	Backup  backupCmd  `cmd:"" group:"care" help:"Write the book to a file, also while it is used."`
	Restore restoreCmd `cmd:"" group:"care" help:"Make a book from a backup."`
	Store   storeCmd   `cmd:"" group:"care" help:"Move the book between databases."`
	Migrate migrateCmd `cmd:"" group:"care" help:"Bring the book up to this version of the program."`
	Version versionCmd `cmd:"" group:"care" help:"Version of the program and of its tables."`
}

// groups are the headings of the help.
var groups = []kong.Group{
	{Key: "book", Title: "A book"},
	{Key: "facts", Title: "What happened"},
	{Key: "work", Title: "The day's work"},
	{Key: "look", Title: "Looking and reckoning"},
	{Key: "care", Title: "Care of the book"},
}
