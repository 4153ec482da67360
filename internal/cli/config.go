package cli

import (
	"cmp"
	"strings"

	"github.com/recoup-project/recoup/internal/app"
)

type configCmd struct {
	Get  configGetCmd  `cmd:"" help:"Show one setting, or all that are set."`
	Set  configSetCmd  `cmd:"" help:"Change a setting. An empty value removes it."`
	Logo configLogoCmd `cmd:"" help:"Set the picture at the head of letters: a PNG or JPEG file, or none."`
}

type configLogoCmd struct {
	File string `arg:"" help:"The picture, or none."`
}

func (c *configLogoCmd) Run(s *session) error {
	a, req, err := s.opened("")
	if err != nil {
		return err
	}
	var data []byte
	if c.File != "none" {
		if data, err = fileBytes(c.File); err != nil {
			return err
		}
	}
	if err := a.SetLogo(s.ctx, req, s.flags.Creditor, data); err != nil {
		return err
	}
	return s.show("recoup/config/1", setting{"letter.logo", c.File}, func(p *page) { p.line("letter.logo = %s", c.File) })
}

type configGetCmd struct {
	Key string `arg:"" optional:"" help:"Name of the setting."`
}

type setting struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

func (c *configGetCmd) Run(s *session) error {
	a, err := s.open()
	if err != nil {
		return err
	}
	if c.Key != "" {
		value, err := a.Setting(s.ctx, s.flags.Creditor, c.Key)
		if err != nil {
			return err
		}
		return s.show("recoup/config/1", setting{c.Key, value}, func(p *page) { p.line("%s", value) })
	}
	all, err := a.Settings(s.ctx, s.flags.Creditor)
	if err != nil {
		return err
	}
	list := make([]setting, len(all))
	rows := make([][]string, len(all))
	for i, v := range all {
		list[i], rows[i] = setting{v.Name, v.Value}, []string{v.Name, v.Value}
	}
	return showList(s, "recoup/config-list/1", "settings", list, func(p *page) {
		if len(rows) == 0 {
			p.line("Nothing is set; the defaults hold.")
		}
		p.table([]string{"Setting", "Value"}, rows)
	})
}

type configSetCmd struct {
	Key    string `arg:"" help:"Name of the setting."`
	Value  string `arg:"" help:"Its value; - reads it from standard input, so that a password stays out of the list of processes."`
	Reason string `placeholder:"T" help:"Why, for the audit log."`
}

func (c *configSetCmd) Run(s *session) error {
	a, req, err := s.opened(c.Reason)
	if err != nil {
		return err
	}
	value := c.Value
	if value == "-" {
		if value, err = s.line(); err != nil {
			return err
		}
	}
	value = strings.ReplaceAll(value, `\n`, "\n")
	if err := a.SetSetting(s.ctx, req, s.flags.Creditor, c.Key, value); err != nil {
		return err
	}
	shown := app.ShownSetting(c.Key, value)
	return s.show("recoup/config/1", setting{c.Key, shown},
		func(p *page) { p.line("%s = %s", c.Key, cmp.Or(shown, "(not set)")) })
}
