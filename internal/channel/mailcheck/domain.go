package mailcheck

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"github.com/emersion/go-msgauth/dkim"
	"github.com/emersion/go-msgauth/dmarc"
)

// Resolver looks up the text entries of a name. *net.Resolver is one.
type Resolver interface {
	LookupTXT(ctx context.Context, name string) ([]string, error)
}

// Domain says of the sender's domain who may send for it, for a provider. The connection to
// the provider is another matter: see Connect.
func Domain(ctx context.Context, dns Resolver, domain string, p Preset) []Finding {
	if domain == "" {
		return nil
	}
	d := domainCheck{ctx: ctx, dns: dns, domain: strings.ToLower(domain), preset: p}
	found := []Finding{d.spf(), d.dkim(), d.dmarc()}
	if !d.heard && !Works(ctx, dns) {
		return []Finding{d.unknown("spf", "The SPF entry"), d.unknown("dkim", "The DKIM key"),
			d.unknown("dmarc", "The DMARC entry")}
	}
	return found
}

// sure is a name that is there wherever names can be looked up.
const sure = "_spf.google.com"

// Works reports whether names can be looked up here at all: some networks without the
// internet answer that there is no name, whatever is asked.
func Works(ctx context.Context, dns Resolver) bool {
	all, err := dns.LookupTXT(ctx, sure)
	return err == nil && len(all) > 0
}

type domainCheck struct {
	ctx    context.Context
	dns    Resolver
	domain string
	preset Preset
	heard  bool // an entry was found, whichever
}

// errNothing: the name, or an entry under it, is not there. Every other error means that
// nobody knows.
var errNothing = errors.New("there is no such entry")

func (d *domainCheck) txt(name string) ([]string, error) {
	all, err := d.dns.LookupTXT(d.ctx, name)
	var dns *net.DNSError
	if errors.As(err, &dns) && dns.IsNotFound || err == nil && len(all) == 0 {
		return nil, errNothing
	}
	d.heard = d.heard || err == nil
	return all, err
}

func (d *domainCheck) unknown(about, what string) Finding {
	return Finding{about, Unknown, "no_dns", fmt.Sprintf("%s of %s could not be looked up: is this computer connected to the "+
		"internet? Nothing is said about it.", what, d.domain)}
}

// spfLookups is how many further names an SPF entry may ask for (RFC 7208, 4.6.4).
const spfLookups = 10

func (d *domainCheck) spf() Finding {
	record, several, err := d.spfRecord(d.domain)
	switch {
	case errors.Is(err, errNothing) && len(d.preset.SPF) == 0:
		return Finding{"spf", Advice, "no_spf", fmt.Sprintf("%s has no SPF entry. %s", d.domain, d.preset.SPFNote)}
	case errors.Is(err, errNothing):
		return Finding{"spf", Advice, "no_spf", fmt.Sprintf("%s has no SPF entry, so receivers cannot tell your mails from "+
			"forged ones. Add a TXT entry for %s: v=spf1 include:%s ~all", d.domain, d.domain, d.preset.SPF[0])}
	case err != nil:
		return d.unknown("spf", "The SPF entry")
	case several:
		return Finding{"spf", Wrong, "two_spf", fmt.Sprintf("%s has more than one SPF entry, and then none counts: put all "+
			"into one.", d.domain)}
	case len(d.preset.SPF) == 0:
		return Finding{"spf", Good, "spf_there", fmt.Sprintf("%s has an SPF entry. %s", d.domain, d.preset.SPFNote)}
	}
	left := spfLookups
	found, err := d.includes(record, &left)
	switch {
	case err != nil && !found:
		return d.unknown("spf", "What the SPF entry includes")
	case found:
		return Finding{"spf", Good, "ok", fmt.Sprintf("The SPF entry of %s lets %s send for it.", d.domain, d.preset.Name)}
	}
	return Finding{"spf", Wrong, "spf_without", fmt.Sprintf("The SPF entry of %s does not let %s send for it: put "+
		"include:%s into it, before its last word.", d.domain, d.preset.Name, d.preset.SPF[0])}
}

// spfRecord is the SPF entry of a name. several: there is more than one.
func (d *domainCheck) spfRecord(name string) (record string, several bool, err error) {
	all, err := d.txt(name)
	if err != nil {
		return "", false, err
	}
	for _, t := range all {
		if t = strings.ToLower(strings.TrimSpace(t)); t == "v=spf1" || strings.HasPrefix(t, "v=spf1 ") {
			record, several = t, record != ""
		}
	}
	if record == "" {
		err = errNothing
	}
	return record, several, err
}

// includes reports whether an SPF entry includes the provider, itself or through another.
func (d *domainCheck) includes(record string, left *int) (bool, error) {
	var further []string
	for _, word := range strings.Fields(record) {
		name, ok := strings.CutPrefix(strings.TrimLeft(word, "+~?-"), "include:")
		if !ok {
			name, ok = strings.CutPrefix(word, "redirect=")
		}
		if !ok || word[0] == '-' || strings.Contains(name, "%") {
			continue
		}
		if slices.Contains(d.preset.SPF, strings.TrimSuffix(name, ".")) {
			return true, nil
		}
		further = append(further, name)
	}
	var unknown error
	for _, name := range further {
		if *left--; *left < 0 {
			return false, unknown
		}
		inner, _, err := d.spfRecord(name)
		if errors.Is(err, errNothing) {
			continue
		}
		if err != nil {
			unknown = err
			continue
		}
		found, err := d.includes(inner, left)
		if found {
			return true, nil
		}
		unknown = errors.Join(unknown, err)
	}
	return false, unknown
}

const dkimLater = "Send a test message to a mailbox that is read here (imap.url), and it is looked at."

func (d *domainCheck) dkim() Finding {
	if len(d.preset.Selectors) == 0 {
		return Finding{"dkim", Unknown, "selector_unknown", fmt.Sprintf("Whether mails from %s are signed (DKIM) shows only in "+
			"a mail that has arrived. %s", d.domain, dkimLater)}
	}
	unknown := false
	for _, s := range d.preset.Selectors {
		all, err := d.txt(s + "._domainkey." + d.domain)
		if err != nil {
			unknown = unknown || !errors.Is(err, errNothing)
			continue
		}
		if key := strings.Join(all, ""); strings.Contains(key, "p=") && !strings.HasSuffix(strings.TrimSpace(key), "p=") {
			return Finding{"dkim", Good, "key_there", fmt.Sprintf("%s has a DKIM key of %s (%s). That mails are signed with it "+
				"shows in one that has arrived.", d.domain, d.preset.Name, s)}
		}
	}
	if unknown {
		return d.unknown("dkim", "The DKIM key")
	}
	return Finding{"dkim", Advice, "no_key", fmt.Sprintf("%s has no DKIM key under the names that %s uses (%s): switch DKIM on "+
		"there. %s", d.domain, d.preset.Name, strings.Join(d.preset.Selectors, ", "), dkimLater)}
}

func (d *domainCheck) dmarc() Finding {
	record, at, err := d.dmarcRecord()
	switch {
	case errors.Is(err, errNothing):
		return Finding{"dmarc", Advice, "no_dmarc", fmt.Sprintf("%s has no DMARC entry; large providers ask for one. Begin with "+
			"a TXT entry for _dmarc.%s: v=DMARC1; p=none", d.domain, d.domain)}
	case errors.Is(err, errForm):
		return Finding{"dmarc", Wrong, "dmarc_form", fmt.Sprintf("The DMARC entry of %s cannot be read: %v.", at, err)}
	case err != nil:
		return d.unknown("dmarc", "The DMARC entry")
	}
	policy := record.Policy
	if at != d.domain && record.SubdomainPolicy != "" {
		policy = record.SubdomainPolicy
	}
	text := map[dmarc.Policy]string{
		dmarc.PolicyNone:       "receivers only watch: a mail that is neither allowed by SPF nor signed still arrives.",
		dmarc.PolicyQuarantine: "a mail that is neither allowed by SPF nor signed is put into the spam folder.",
		dmarc.PolicyReject:     "a mail that is neither allowed by SPF nor signed is refused.",
	}[policy]
	return Finding{"dmarc", Good, "dmarc_" + string(policy), fmt.Sprintf("DMARC of %s says %s: %s", at, policy, text)}
}

// errForm: an entry is there and cannot be read.
var errForm = errors.New("it is not in the form that is expected")

// dmarcRecord is the DMARC entry of the domain or, if it has none, of the one above it.
func (d *domainCheck) dmarcRecord() (r *dmarc.Record, at string, err error) {
	for at = d.domain; strings.Contains(at, "."); _, at, _ = strings.Cut(at, ".") {
		all, err := d.txt("_dmarc." + at)
		if errors.Is(err, errNothing) {
			continue
		}
		if err != nil {
			return nil, at, err
		}
		k := slices.IndexFunc(all, func(t string) bool { return strings.HasPrefix(strings.ToLower(t), "v=dmarc1") })
		if k < 0 {
			continue
		}
		if r, err = dmarc.Parse(all[k]); err != nil {
			return nil, at, fmt.Errorf("%w (%w)", errForm, err)
		}
		return r, at, nil
	}
	return nil, d.domain, errNothing
}

// Signed says whether a mail that has arrived is signed for the sender's domain.
func Signed(ctx context.Context, dns Resolver, domain string, mail []byte) Finding {
	domain = strings.ToLower(domain)
	found, err := dkim.VerifyWithOptions(bytes.NewReader(mail), &dkim.VerifyOptions{MaxVerifications: 10,
		LookupTXT: func(name string) ([]string, error) { return dns.LookupTXT(ctx, name) }})
	if err != nil && len(found) == 0 {
		return Finding{"dkim", Unknown, "mail_unread", fmt.Sprintf("The mail that arrived cannot be read: %v.", err)}
	}
	var others []string
	worst := Finding{"dkim", Advice, "not_signed", fmt.Sprintf("The mail that arrived is not signed (DKIM): switch it on at your "+
		"provider, else mails from %s are easily taken for spam.", domain)}
	for _, v := range found {
		signer := strings.ToLower(v.Domain)
		switch {
		case v.Err == nil && aligned(signer, domain):
			return Finding{"dkim", Good, "signed", fmt.Sprintf("The mail that arrived is signed for %s, and the signature is good.",
				signer)}
		case v.Err == nil:
			others = append(others, signer)
		case dkim.IsTempFail(v.Err):
			worst = Finding{"dkim", Unknown, "no_dns", fmt.Sprintf("The mail that arrived is signed for %s; the key could not be "+
				"looked up.", signer)}
		default:
			worst = Finding{"dkim", Wrong, "bad_signature", fmt.Sprintf("The mail that arrived is signed for %s, and the signature "+
				"does not hold: %v.", signer, v.Err)}
		}
	}
	if len(others) > 0 {
		return Finding{"dkim", Advice, "signed_for_other", fmt.Sprintf("The mail that arrived is signed for %s, not for %s: "+
			"switch DKIM on for your own domain.", strings.Join(others, ", "), domain)}
	}
	return worst
}

// aligned reports whether a signature counts for a domain: for itself, the one above it or
// one below it.
func aligned(signer, domain string) bool {
	return strings.Contains(signer, ".") && (signer == domain || strings.HasSuffix(domain, "."+signer) ||
		strings.HasSuffix(signer, "."+domain))
}
