package sim

import (
	"github.com/recoup-project/recoup/internal/core/access"
	"github.com/recoup-project/recoup/internal/core/money"
)

// creditorPlan is one of the company's three legal persons.
type creditorPlan struct {
	code, name, country string
	currency            money.Currency
	customers           int
	settings            map[string]string
}

// Company registers, banks and phones of the demo exist nowhere: numbers of zeros, bank
// codes that no bank has, and phone numbers from the ranges kept for fiction.
var plans = []creditorPlan{
	{"brightwater-gb", "Brightwater Components Ltd", "GB-EW", "GBP", 190, map[string]string{
		"sender.address":           "Unit 7, Tideway Business Park\nHull HU9 9ZZ\nUnited Kingdom",
		"sender.register_no":       "00000000 (demo)",
		"sender.registered_in":     "England and Wales",
		"sender.registered_office": "Unit 7, Tideway Business Park, Hull HU9 9ZZ",
		"sender.vat_id":            "GB 000 0000 00 (demo)", "sender.person": "Nina Clarke",
		"sender.phone":    "+44 1632 960 101",
		"sender.reply_to": "accounts@brightwater.example", "mail.from": "accounts@brightwater.example",
		"bank.holder": "Brightwater Components Ltd", "bank.iban": "GB72ZZZZ00000012345678",
		"bank.routing": "00-00-00", "bank.account": "12345678", "bank.unchanged_since": "2019-04-01",
		"consequences": "hold, court"}},
	{"brightwater-de", "Brightwater Bauteile GmbH", "DE-NW", "EUR", 80, map[string]string{
		"sender.address": "Hafenallee 12\n99999 Musterstadt", "sender.register_no": "HRB 00000 (Demo)",
		"sender.registered_in": "Amtsgericht Musterstadt", "sender.registered_office": "Musterstadt",
		"sender.directors": "Henrike Petersen",
		"sender.vat_id":    "DE000000000 (Demo)", "sender.person": "Jule Petersen", "sender.phone": "+49 30 23125 014",
		"sender.reply_to": "buchhaltung@brightwater.example", "mail.from": "buchhaltung@brightwater.example",
		"bank.holder": "Brightwater Bauteile GmbH", "bank.iban": "DE52000000000012345678",
		"bank.unchanged_since": "2020-01-01",
		"consequences":         "hold, court"}},
	{"brightwater-us", "Brightwater Supply Inc.", "US-OH", "USD", 30, map[string]string{
		"sender.address": "400 Riverside Drive\nColumbus, OH 43299", "sender.register_no": "0000000 (demo)",
		"sender.registered_in": "Ohio",
		"sender.vat_id":        "EIN 00-0000000 (demo)", "sender.person": "Sam Keller",
		"sender.phone":    "+1 614 555 0142",
		"sender.reply_to": "ar@brightwater.example", "mail.from": "ar@brightwater.example",
		"bank.holder": "Brightwater Supply Inc.", "bank.account": "000123456789", "bank.routing": "999999992",
		"bank.unchanged_since": "2021-06-01",
		"consequences":         "hold"}},
}

// Person is one of the people who work in the demo company. Actors of its audit log are
// their logins.
type Person struct {
	Login, Name, Email string
	Role               access.Role
	Cover              string // the login of who stands in while they are on holiday; "" if they are not
}

// People are the seven people of the company, the owner first, one of them on holiday.
var People = []Person{
	{"olivia.hart", "Olivia Hart", "olivia.hart@brightwater.example", "owner", ""},
	{"marcus.reid", "Marcus Reid", "marcus.reid@brightwater.example", "credit_manager", ""},
	{"nina.clarke", "Nina Clarke", "nina.clarke@brightwater.example", "controller", ""},
	{"jule.petersen", "Jule Petersen", "jule.petersen@brightwater.example", "controller", "nina.clarke"},
	{"jo.turner", "Jo Turner", "jo.turner@brightwater.example", "sales", ""},
	{"ruth.kaplan", "Ruth Kaplan", "ruth.kaplan@brightwater.example", "legal", ""},
	{"ben.okafor", "Ben Okafor", "ben.okafor@brightwater.example", "auditor", ""},
}

// Who does what in the demo's book.
const (
	owner      = "olivia.hart"
	manager    = "marcus.reid"
	controller = "nina.clarke"
	german     = "jule.petersen"
	sales      = "jo.turner"
	bank       = "bank" // the lines of the bank statement
)
