package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"nhaso/models"
)

type rulesCmd struct {
	List     rulesListCmd     `cmd:"" help:"List the rules of the \"Giấy xác nhận hoàn thành\", when each decides, and which does now."`
	Activate rulesActivateCmd `cmd:"" help:"Set the instant from which a rule decides; what was issued before keeps its rule."`
}

type rulesListCmd struct {
	JSON bool `help:"Print the result as JSON."`
}

// Run lists the rules.
func (c *rulesListCmd) Run(a *app) error {
	house, err := a.existing()
	if err != nil {
		return err
	}
	defer house.DB.Close()
	if err := house.Certificates.EnsureRules(a.ctx); err != nil {
		return err
	}
	rules, err := house.Certificates.Rules(a.ctx)
	if err != nil {
		return err
	}
	return a.print(c.JSON, rules, func(w io.Writer) {
		for _, r := range rules {
			now, scenario := " ", ""
			if r.Active {
				now = "*"
			}
			if r.NeedScenario {
				scenario = ", one scenario per skill passed alone"
			}
			fmt.Fprintf(w, "%s rule %d from %s: quiz of %d %% in a lesson session, all lessons%s\n",
				now, r.Version, r.From.In(models.VietNam()).Format(time.RFC3339), r.PassPercent, scenario)
		}
	})
}

type rulesActivateCmd struct {
	Rule int    `required:"" help:"The rule's version, as rules list shows it."`
	From string `required:"" help:"Instant (2026-12-01T00:00:00+07:00) or day (2026-12-01, from midnight in Viet Nam) from which it decides."`
	JSON bool   `help:"Print the result as JSON."`
}

// Run moves the instant and shows the rules as they are then.
func (c *rulesActivateCmd) Run(a *app) error {
	from, err := instant("--from", c.From)
	if err != nil {
		return err
	}
	house, err := a.existing()
	if err != nil {
		return err
	}
	defer house.DB.Close()
	if err := house.Certificates.EnsureRules(a.ctx); err != nil {
		return err
	}
	err = house.Certificates.SetRuleFrom(a.ctx, house.System, c.Rule, from)
	switch {
	case models.KindOf(err) == models.KindNotFound:
		return fmt.Errorf("there is no rule %d; see `nhaso rules list`", c.Rule)
	case models.CodeOf(err) == "no_rule_left":
		return errors.New("no rule would be in force now; activate another one first")
	case err != nil:
		return err
	}
	return (&rulesListCmd{JSON: c.JSON}).Run(a)
}

// instant reads a flag that is an instant with its offset, or a day in Viet Nam.
func instant(flag, s string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	t, err := time.ParseInLocation(time.DateOnly, s, models.VietNam())
	if err != nil {
		return t, usageError{flag + " is neither a day (2026-12-01) nor an instant (2026-12-01T00:00:00+07:00)"}
	}
	return t, nil
}
