package app

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"net"
	"net/url"
	"strings"

	"github.com/recoup-project/recoup/internal/core/book"
	"github.com/recoup-project/recoup/internal/core/cal"
	"github.com/recoup-project/recoup/internal/store"
)

// The link to a debtor's page is made of the customer and a keyed hash that nobody can
// guess. It is the same in every message, so that an old mail works as well as the newest,
// and it is stored nowhere: who has only the messages' text or a list of links has no other
// customer's.

// settingPortalSecret is the key of all links of the book. It is never shown.
const settingPortalSecret = "portal.secret"

// portalPath is where the pages of debtors are.
const portalPath = "/p/"

const (
	linkDays        = 90 // a link lives for so long after the newest message
	linkTagBytes    = 20 // 160 bits: one in 10^48, and still to be typed from a letter
	linkGenerations = 8  // so many revoked links are told apart from unknown ones
)

// linkDigits are the characters of a link.
const linkDigits = "0123456789abcdefghjkmnpqrstvwxyz"

// linkText writes links in small letters and digits that cannot be mistaken for each other.
var linkText = base32.NewEncoding(linkDigits).WithPadding(base32.NoPadding)

// readable makes of a link as somebody typed it the link as it was written.
var readable = strings.NewReplacer("-", "", " ", "", "o", "0", "i", "1", "l", "1")

// purpose is what a link opens.
type purpose string

const (
	forDebtor   purpose = "debtor"
	forApprover purpose = "approver" // to look only, without bank details (guardrail R16)
)

// portalSecret makes the key of the links, once.
func (a *App) portalSecret(r *recorder) error {
	if now, err := a.setting(r, 0, settingPortalSecret); err != nil || now != "" {
		return err
	}
	key := make([]byte, sha256.Size)
	rand.Read(key)
	return a.putSetting(r, 0, settingPortalSecret, base64.RawURLEncoding.EncodeToString(key), false)
}

// links makes the links of a book. The zero value makes none.
type links struct {
	base    string // "https://pay.example"
	secret  []byte
	revoked map[int64]int64 // the generation of customers whose first link was revoked
}

// links reads what links are made of; values are the settings.
func (a *App) links(tx store.Tx, values map[string]string) (links, error) {
	l := links{base: strings.TrimSuffix(values[SettingPortalURL], "/"), revoked: map[int64]int64{}}
	var err error
	if l.secret, err = base64.RawURLEncoding.DecodeString(values[settingPortalSecret]); err != nil || l.base == "" ||
		len(l.secret) == 0 {
		return links{}, err
	}
	return l, store.Each(tx, `SELECT customer_id, generation FROM portal_link WHERE tenant_id = $1 AND generation > 1`,
		[]any{a.tenant}, func(r store.Rows) error { l.revoked[r.Int64(0)] = r.Int64(1); return nil })
}

// address is the link of a customer in full; "" where there is no page.
func (l *links) address(tenant, customer int64) string {
	if l.base == "" {
		return ""
	}
	return l.base + portalPath + l.token(forDebtor, tenant, customer, max(l.revoked[customer], 1))
}

// token is the last part of a link.
func (l *links) token(of purpose, tenant, customer, generation int64) string {
	mac := hmac.New(sha256.New, l.secret)
	mac.Write([]byte("recoup link 1 " + string(of)))
	for _, n := range []int64{tenant, customer, generation} {
		var b [8]byte
		binary.BigEndian.PutUint64(b[:], uint64(n))
		mac.Write(b[:])
	}
	return digits(customer) + linkText.EncodeToString(mac.Sum(nil)[:linkTagBytes])
}

// digits writes a number with the characters of a link.
func digits(n int64) string {
	var b [13]byte
	i := len(b)
	for ; n > 0; n >>= 5 {
		i--
		b[i] = linkDigits[n&31]
	}
	return string(b[i:])
}

// customerIn is the customer that a token says it is of, unproven; 0 if it is no token.
func customerIn(token string) (customer int64) {
	tail := linkText.EncodedLen(linkTagBytes)
	if len(token) <= tail || len(token) > tail+12 || token[0] == '0' {
		return 0
	}
	for _, c := range token[:len(token)-tail] {
		d := strings.IndexRune(linkDigits, c)
		if d < 0 {
			return 0
		}
		customer = customer<<5 | int64(d)
	}
	return customer
}

// visitor is who came by a link, and what is known of the account behind it.
type visitor struct {
	token    string // as it was written
	approver bool
	customer int64
	creditor CreditorInfo
	values   map[string]string // settings of the creditor
	links    links
	today    cal.Date // at the creditor's place
	expires  cal.Date // last day of the link
}

// errUnknownLink is the one answer to every link that is none: guessed, of another book, or
// of a customer that is not there.
func errUnknownLink() error {
	return notFound("link_unknown", "there is no such page; the address may have been cut or mistyped")
}

// visitor proves a token. Errors: not found with link_unknown, or with link_expired for a
// link that was good once.
func (a *App) visitor(tx store.Tx, typed string) (*visitor, error) {
	v := &visitor{token: readable.Replace(strings.ToLower(typed))}
	shared, err := a.settings(tx, 0)
	if err != nil {
		return nil, err
	}
	if v.links, err = a.links(tx, shared); err != nil {
		return nil, err
	}
	v.customer = customerIn(v.token)
	current := max(v.links.revoked[v.customer], 1)
	generation := v.prove(a.tenant, current)
	if v.links.base == "" || v.customer == 0 || generation == 0 {
		return nil, errUnknownLink()
	}
	if err := a.visited(tx, v); err != nil {
		return nil, err
	}
	if generation != current || v.today > v.expires {
		return nil, notFound("link_expired", "this link is no longer valid")
	}
	return v, nil
}

// prove is the generation that a token is of; 0 if it is of none.
func (v *visitor) prove(tenant, current int64) (generation int64) {
	for g := current; g >= max(1, current-linkGenerations); g-- {
		for _, of := range []purpose{forDebtor, forApprover} {
			if hmac.Equal([]byte(v.token), []byte(v.links.token(of, tenant, v.customer, g))) {
				v.approver = of == forApprover
				return g
			}
		}
	}
	return 0
}

// visited reads the customer behind a proven link.
func (a *App) visited(tx store.Tx, v *visitor) error {
	var creditor int64
	kind := ""
	v.expires = cal.None
	if err := store.One(tx, `SELECT c.creditor_id, c.kind, l.expires_day FROM customer c LEFT JOIN portal_link l
		ON l.tenant_id = c.tenant_id AND l.customer_id = c.customer_id
		WHERE c.tenant_id = $1 AND c.customer_id = $2`, []any{a.tenant, v.customer}, func(r store.Rows) {
		creditor, kind, v.expires = r.Int64(0), r.Text(1), r.Day(2)
	}); err != nil {
		if isNotFound(err) {
			return errUnknownLink()
		}
		return err
	}
	if kind == book.Consumer.String() { // guardrail R28
		return errUnknownLink()
	}
	var err error
	if v.creditor, err = a.creditorOf(tx, creditor); err != nil {
		return err
	}
	if v.values, err = a.settings(tx, creditor); err != nil {
		return err
	}
	v.today = v.creditor.today(tx)
	return store.One(tx, `SELECT MAX(day) FROM message WHERE tenant_id = $1 AND customer_id = $2 AND live = 1`,
		[]any{a.tenant, v.customer}, func(r store.Rows) {
			if last := r.Day(0); last != cal.None {
				v.expires = max(v.expires, last.AddDays(linkDays))
			}
		})
}

// PortalAddress is the link to a debtor's page.
type PortalAddress struct {
	URL     string   `json:"url"`
	Path    string   `json:"path"` // the same on this server
	Expires cal.Date `json:"expires"`
}

// PortalLink gives the link to a customer's page to somebody at our side, to be passed on or
// to be looked at. It is the one that messages carry; by being given it lives for another 90
// days. Errors: not found; refused (there is no portal.url; a consumer).
func (a *App) PortalLink(ctx context.Context, req Request, customer int64) (PortalAddress, error) {
	link, _, err := answer[PortalAddress](a.write(ctx, req, "portal_link", customer, func(r *recorder) error {
		l, today, err := a.linksFor(r, customer)
		if err != nil {
			return err
		}
		generation, expires := max(l.revoked[customer], 1), today.AddDays(linkDays)
		if err := r.putLink(customer, generation, expires); err != nil {
			return err
		}
		path := portalPath + l.token(forDebtor, a.tenant, customer, generation)
		return r.result(PortalAddress{URL: l.base + path, Path: path, Expires: expires})
	}))
	return link, err
}

// RevokePortalLinks ends every link to a customer's page that was ever given or sent.
// Messages carry another one from then on. Errors: as PortalLink.
func (a *App) RevokePortalLinks(ctx context.Context, req Request, customer int64) error {
	_, err := a.write(ctx, req, "revoke_links", customer, func(r *recorder) error {
		l, _, err := a.linksFor(r, customer)
		if err != nil {
			return err
		}
		if err := r.putLink(customer, max(l.revoked[customer], 1)+1, cal.None); err != nil {
			return err
		}
		if err := r.changed("customer", customer, "links", "revoked"); err != nil {
			return err
		}
		return r.inputsChanged() // what waits was written with the old link
	})
	return err
}

// linksFor are the links of the book, for a customer that may have one.
func (a *App) linksFor(r *recorder, customer int64) (links, cal.Date, error) {
	var creditor int64
	kind := ""
	err := store.One(r, "SELECT creditor_id, kind FROM customer WHERE tenant_id = $1 AND customer_id = $2",
		[]any{a.tenant, customer}, func(rows store.Rows) { creditor, kind = rows.Int64(0), rows.Text(1) })
	switch {
	case isNotFound(err):
		return links{}, cal.None, notFound("customer_not_found", "there is no customer %d", customer)
	case err != nil:
		return links{}, cal.None, err
	case kind == book.Consumer.String():
		return links{}, cal.None, refusedText("portal_consumer", "consumers are not worked here and have no page")
	}
	values, err := a.settings(r, 0)
	if err != nil {
		return links{}, cal.None, err
	}
	l, err := a.links(r, values)
	if err != nil {
		return l, cal.None, err
	}
	if l.base == "" {
		return l, cal.None, refusedText("portal_off", "debtors have no page yet: set "+SettingPortalURL+
			" to the address at which they reach this server")
	}
	today, err := a.todayOf(r, creditor)
	return l, today, err
}

func (r *recorder) putLink(customer, generation int64, expires cal.Date) error {
	if _, err := r.Exec("DELETE FROM portal_link WHERE tenant_id = $1 AND customer_id = $2", r.tenant,
		customer); err != nil {
		return err
	}
	ins := r.Insert("portal_link")
	ins.Int(customer).Int(generation).Day(expires)
	return ins.One()
}

// isPublicURL reports whether debtors can be sent to an address: nothing that travels in
// clear, except on one machine for a demo or a trial.
func isPublicURL(v string) bool {
	u, err := url.Parse(v)
	if err != nil || u.Hostname() == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" ||
		u.Fragment != "" || strings.ContainsAny(v, "[]<>()\"") {
		return false
	}
	ip := net.ParseIP(u.Hostname())
	return u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}
