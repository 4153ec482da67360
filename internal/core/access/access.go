package access

import "slices"

// Role is what a user of the book is to the company.
type Role string

// Roles.
const (
	Owner         Role = "owner"
	CreditManager Role = "credit_manager"
	Controller    Role = "controller" // credit controller: the day's work
	Sales         Role = "sales"      // sees own customers and writes notes about them
	Legal         Role = "legal"
	Auditor       Role = "auditor" // sees everything and changes nothing
)

// Roles lists all roles, the most powerful first.
var Roles = []Role{Owner, CreditManager, Controller, Legal, Sales, Auditor}

// Valid reports whether a word is a role.
func Valid(r Role) bool { return slices.Contains(Roles, r) }

// Permission is one thing that a user may do.
type Permission string

// Permissions.
const (
	View           Permission = "view"            // pages about customers: all, or (without ViewAll) the own ones
	ViewAll        Permission = "view_all"        // customers of every account owner
	ViewPrivileged Permission = "view_privileged" // privileged notes (guardrail R30)
	Comment        Permission = "comment"         // notes, and why a customer pays late
	Work           Permission = "work"            // holds, tasks, contacts; put off, reject, edit and take back messages
	Money          Permission = "money"           // payments, credits, what they are set against, how far the bank is known
	Customers      Permission = "customers"       // what is decided about a customer; who looks after whom
	Import         Permission = "import"          // files into the book, and that its total is right
	Export         Permission = "export"          // files out of the book
	ApproveAsk     Permission = "approve_ask"     // release messages of steps that ask
	ApprovePerson  Permission = "approve_person"  // release messages of steps that need a person, one by one
	Run            Permission = "run"             // make the run, take one back
	Brake          Permission = "brake"           // let a run go that would send unusually much
	Send           Permission = "send"            // hand over what is released, say what became of it
	WriteOff       Permission = "write_off"       // give up small sums
	LegalSteps     Permission = "legal"           // moratoriums, court and insolvency
	Strategies     Permission = "strategies"      // ladders, texts and policy
	Settings       Permission = "settings"        // company, mail, closing days
	Bank           Permission = "bank"            // change the account that customers pay into
	BankConfirm    Permission = "bank_confirm"    // be the second person of such a change
	Users          Permission = "users"           // who may sign in, and as what
	Audit          Permission = "audit"           // see and check the audit log
	Arm            Permission = "arm"             // give a copy of the book the right to send
	Creditors      Permission = "creditors"       // add a legal person to whom debts are owed
	OwnAccount     Permission = "own_account"     // the own password, sessions, cover and saved lists
)

// Permissions lists all permissions in the order of the documents.
var Permissions = []Permission{View, ViewAll, ViewPrivileged, Comment, Work, Money, Customers, Import, Export,
	ApproveAsk, ApprovePerson, Run, Brake, Send, WriteOff, LegalSteps, Strategies, Settings, Bank, BankConfirm,
	Users, Audit, Arm, Creditors, OwnAccount}

// table is who may do what. An owner may do everything.
var table = map[Role][]Permission{
	Owner: Permissions,
	CreditManager: {View, ViewAll, ViewPrivileged, Comment, Work, Money, Customers, Import, Export, ApproveAsk,
		ApprovePerson, Run, Brake, Send, WriteOff, LegalSteps, Strategies, Settings, Bank, BankConfirm, Audit,
		OwnAccount},
	Controller: {View, ViewAll, Comment, Work, Money, Customers, Import, Export, ApproveAsk, Run, Send,
		BankConfirm, OwnAccount},
	Legal:   {View, ViewAll, ViewPrivileged, Comment, Work, Export, LegalSteps, Audit, OwnAccount},
	Sales:   {View, Comment, OwnAccount},
	Auditor: {View, ViewAll, Export, Audit, OwnAccount},
}

// May reports whether a role has a permission. A word that is no role has none.
func May(r Role, p Permission) bool { return slices.Contains(table[r], p) }
