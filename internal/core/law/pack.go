package law

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"

	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/core/money"
)

// Pack is the law of one jurisdiction. It is immutable and safe for concurrent use.
type Pack struct {
	code     string
	name     string
	country  string
	currency money.Currency
	aliases  []string
	regions  []string
	version  string // of the whole set

	letterInland cal.Transit
	defaults     []defaultRule // newest first, as are the next two
	interests    []interestRule
	compensation []compensationRule

	isRegion bool // built from regions; its code is the region's
}

// Code is the jurisdiction, for example "GB-EW" or "US-OH".
func (p *Pack) Code() string { return p.code }

// Name is the jurisdiction's English name.
func (p *Pack) Name() string { return p.name }

// Country is the ISO 3166 code of its country.
func (p *Pack) Country() string { return p.country }

// Currency is the currency of its statutory sums.
func (p *Pack) Currency() money.Currency { return p.currency }

func (p *Pack) file() string { return "packs/" + p.code + "/" + packFile }

const (
	packFile     = "pack.json"
	examplesFile = "examples.json"
)

// packJSON is the layout of pack.json. Dated lists are newest first.
type packJSON struct {
	Code         string      `json:"code"`
	Name         string      `json:"name"`
	Country      string      `json:"country"`
	Currency     string      `json:"currency"`
	Aliases      []string    `json:"aliases"`
	Regions      []string    `json:"regions"`
	LetterInland transitJSON `json:"letter_inland"`
	DefaultDate  []datedJSON `json:"default_date"`
	Interest     []datedJSON `json:"interest"`
	Compensation []datedJSON `json:"compensation"`
}

type transitJSON struct {
	Days         int    `json:"days"`
	BusinessDays bool   `json:"business_days"`
	Source       string `json:"source"`
}

// datedJSON is one version of a rule: in force for debts that arose from since
// until the day before the next newer version, or until its own last day.
type datedJSON struct {
	Since      cal.Date        `json:"since"`
	Until      *cal.Date       `json:"until,omitempty"`
	Shape      string          `json:"shape"`
	Params     json.RawMessage `json:"params"`
	Source     string          `json:"source"`
	Confidence Confidence      `json:"confidence"`
	CheckedOn  cal.Date        `json:"checked_on"`
	Note       string          `json:"note,omitempty"`
}

// validity is the head of every dated rule: for debts that arose on the days
// since to until, both included.
type validity struct {
	since, until cal.Date
	shape        string
	source       Source
}

func (v *validity) covers(arose cal.Date) bool { return arose >= v.since && arose <= v.until }

// ruleAt returns the version of a rule for a debt that arose on a day, or nil.
func ruleAt[R any](rules []R, validityOf func(*R) *validity, arose cal.Date) *R {
	for i := range rules {
		if validityOf(&rules[i]).covers(arose) {
			return &rules[i]
		}
	}
	return nil
}

// packReader carries what the parts of one pack are read with.
type packReader struct {
	*problems
	fsys   fs.FS
	folder string
	file   string
	shared map[string]*sharedTable
	own    map[string]*rateTable // rates_<name>.csv of the folder, by name
	used   map[string]bool
}

func readPack(fsys fs.FS, folder string, shared map[string]*sharedTable, p *problems) *Pack {
	r := &packReader{
		problems: p, fsys: fsys, folder: folder, file: "packs/" + folder + "/" + packFile,
		shared: shared, own: map[string]*rateTable{}, used: map[string]bool{},
	}
	before := len(p.list)
	r.readOwnRates()
	data, err := fs.ReadFile(fsys, r.file)
	if err != nil {
		p.addf(r.file, "file", "%v", err)
		return nil
	}
	var raw packJSON
	if !decodeStrict(r.file, "", data, &raw, p) {
		return nil
	}
	pack := r.build(&raw)
	for name := range r.own {
		if !r.used[name] {
			p.addf("packs/"+folder+"/rates_"+name+".csv", "file", "no rule of this pack uses it")
		}
	}
	if len(p.list) > before {
		return nil
	}
	return pack
}

func (r *packReader) readOwnRates() {
	entries, err := fs.ReadDir(r.fsys, "packs/"+r.folder)
	if err != nil {
		r.addf("packs/"+r.folder, "folder", "%v", err)
	}
	for _, entry := range entries {
		file := "packs/" + r.folder + "/" + entry.Name()
		name, isRates := strings.CutPrefix(strings.TrimSuffix(entry.Name(), ".csv"), "rates_")
		switch {
		case entry.Name() == packFile || entry.Name() == examplesFile:
		case isRates && strings.HasSuffix(entry.Name(), ".csv"):
			r.own[name] = readRates(r.fsys, file, name, r.problems)
		default:
			r.addf(file, "file", "expected %s, %s or rates_<name>.csv", packFile, examplesFile)
		}
	}
}

// rates finds a reference table by name: the pack's own, else a shared one.
func (r *packReader) rates(field, name string) *rateTable {
	own, isOwn := r.own[name]
	shared, isShared := r.shared[name]
	switch {
	case isOwn && isShared:
		r.addf(r.file, field, "%q is both a table of this pack and a shared one", name)
	case isOwn:
		r.used[name] = true
		return own
	case isShared:
		shared.used = true
		return shared.table
	default:
		r.addf(r.file, field, "no table rates_%s.csv in this folder and none rates/%s.csv", name, name)
	}
	return nil
}

func (r *packReader) build(raw *packJSON) *Pack {
	pack := &Pack{
		code: raw.Code, name: raw.Name, country: raw.Country, aliases: raw.Aliases, regions: raw.Regions,
		letterInland: cal.Transit{Days: raw.LetterInland.Days, Business: raw.LetterInland.BusinessDays},
	}
	if raw.Code != r.folder {
		r.addf(r.file, "code", "expected %q, the name of the folder", r.folder)
	}
	if len(raw.Country) != 2 || !strings.HasPrefix(raw.Code+"-", raw.Country+"-") {
		r.addf(r.file, "country", "expected the two letters that the code begins with")
	}
	for i, region := range raw.Regions {
		if !strings.HasPrefix(region, raw.Country+"-") {
			r.addf(r.file, fmt.Sprintf("regions[%d]", i), "expected a code beginning with %s-", raw.Country)
		}
	}
	var err error
	if pack.currency, err = money.ParseCurrency(raw.Currency); err != nil {
		r.addf(r.file, "currency", "%v", err)
	}
	if raw.LetterInland.Days < 1 || raw.LetterInland.Source == "" {
		r.addf(r.file, "letter_inland", "expected at least one day and a source")
	}
	pack.defaults = buildDated(r, "default_date", raw.DefaultDate, (*packReader).buildDefault)
	pack.interests = buildDated(r, "interest", raw.Interest, (*packReader).buildInterest)
	pack.compensation = buildDated(r, "compensation", raw.Compensation, (*packReader).buildCompensation)
	return pack
}

// buildDated checks the dates of a list of versions and builds each.
func buildDated[R any](
	r *packReader, field string, list []datedJSON, build func(*packReader, string, *datedJSON, validity) R,
) []R {
	if len(list) == 0 {
		r.addf(r.file, field, "expected at least one version")
	}
	rules := make([]R, 0, len(list))
	for i := range list {
		path := fmt.Sprintf("%s[%d]", field, i)
		rules = append(rules, build(r, path, &list[i], r.validity(path, list, i)))
	}
	return rules
}

func (r *packReader) validity(path string, list []datedJSON, i int) validity {
	raw := &list[i]
	v := validity{since: raw.Since, until: cal.Far, shape: raw.Shape,
		source: Source{Text: raw.Source, Confidence: raw.Confidence, CheckedOn: raw.CheckedOn}}
	if !raw.Since.Valid() {
		r.addf(r.file, path+".since", "expected a day")
	}
	if !raw.CheckedOn.Valid() {
		r.addf(r.file, path+".checked_on", "expected a day")
	}
	if raw.Source == "" {
		r.addf(r.file, path+".source", "expected the statute, order or notice")
	}
	if raw.Until != nil {
		v.until = *raw.Until
	}
	if i > 0 {
		newer := list[i-1].Since
		ends := newer.AddDays(-1)
		if newer <= raw.Since {
			r.addf(r.file, path+".since", "expected a day before %s (newest version first)", newer)
		} else if raw.Until != nil && *raw.Until != ends {
			r.addf(r.file, path+".until", "expected %s, the day before the newer version, or nothing", ends)
		}
		v.until = ends
	}
	if v.until < v.since {
		r.addf(r.file, path+".until", "expected a day not before since")
	}
	return v
}

// forRegions is the pack once for each region of a country whose regions have
// parameters of their own, such as the rate caps of the states of the US.
func (p *Pack) forRegions() []*Pack {
	packs := make([]*Pack, len(p.regions))
	for i, code := range p.regions {
		region := *p
		region.code, region.isRegion = code, true
		packs[i] = &region
	}
	return packs
}
