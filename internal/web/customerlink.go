package web

// customerLink gives the link to a customer's own page: to open it, or to pass it on; or it
// ends every link that is out.
func customerLink(v *visit) error {
	id, err := v.number("id")
	if err != nil {
		return err
	}
	if v.r.FormValue("do") == "revoke" {
		if err := v.App.RevokePortalLinks(v.r.Context(), v.request(""), id); err != nil {
			return err
		}
		return v.done(customerPath(id), "Every link to this customer's page has ended. The next message carries a new one.")
	}
	link, err := v.App.PortalLink(v.r.Context(), v.request(""), id)
	if err != nil {
		return err
	}
	if v.r.FormValue("do") == "open" {
		return v.seeOther(link.Path)
	}
	return v.done(customerPath(id), link.URL+" works until "+v.f.Date(link.Expires)+", and for 90 days after each message.")
}
