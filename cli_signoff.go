package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"nhaso/models"
	"nhaso/models/people"
	"nhaso/models/signoff"
	"nhaso/seeds"
)

type signoffCmd struct {
	Status signoffStatusCmd `cmd:"" help:"Show how far a month is: who approved, who is waited for, every lock it had."`
	Lock   signoffLockCmd   `cmd:"" help:"Lock a month of a province in the name of an account of the department."`
	Unlock signoffUnlockCmd `cmd:"" help:"Open the last locked month again in the name of an account of the department, with a reason."`
	Verify signoffVerifyCmd `cmd:"" help:"Check every frozen figure, signature and step of every month ever locked."`
}

type signoffStatusCmd struct {
	Area  string `required:"" help:"Code of a province or commune."`
	Month string `required:"" help:"2026-10"`
	JSON  bool   `help:"Print the result as JSON."`
}

// Run shows a month.
func (c *signoffStatusCmd) Run(a *app) error {
	return onMonth(a, c.Month, func(house *seeds.House, m signoff.Month) error {
		page, err := house.SignOff.Page(a.ctx, house.System, signoff.Place{Code: c.Area}, m)
		if err != nil {
			return err
		}
		return a.print(c.JSON, page, func(w io.Writer) { monthLines(w, page) })
	})
}

func monthLines(w io.Writer, p signoff.Page) {
	f := p.Unit.Figures
	fmt.Fprintf(w, "%s %s: %s; %d covered and %d known of %d households; %d certified of %d pupils\n",
		p.Unit.Name, p.Month, p.State, f.Covered, f.Known, f.Households, f.Certified, f.Pupils)
	for _, c := range p.Children {
		if c.State != "" && c.State != signoff.StateNothing {
			fmt.Fprintf(w, "  %-9s %s %s\n", c.State, c.Code, c.Name)
		}
	}
	for _, l := range p.Locks {
		fmt.Fprintf(w, "  locked %s by %s, root %s\n", l.LockedAt.Format("2006-01-02 15:04Z"), l.LockedName, l.Root)
		if l.UnlockedAt != nil {
			fmt.Fprintf(w, "  unlocked %s by %s: %s\n", l.UnlockedAt.Format("2006-01-02 15:04Z"), l.UnlockedName, l.UnlockReason)
		}
	}
}

type signoffLockCmd struct {
	Area  string `required:"" help:"Code of the province."`
	Month string `required:"" help:"2026-10"`
	As    string `required:"" help:"User name of the department's officer who locks."`
	JSON  bool   `help:"Print the result as JSON."`
}

// Run locks what the department's officer sees at this moment.
func (c *signoffLockCmd) Run(a *app) error {
	return onMonth(a, c.Month, func(house *seeds.House, m signoff.Month) error {
		actor, err := officer(a.ctx, house, c.As)
		if err != nil {
			return err
		}
		at := signoff.Place{Code: c.Area}
		page, err := house.SignOff.Page(a.ctx, actor, at, m)
		if err != nil {
			return err
		}
		if err := house.SignOff.Lock(a.ctx, actor, at, m, models.NewID(a.clock()), page.Unit.Digest); err != nil {
			return err
		}
		return a.shown(house, actor, at, m, c.JSON)
	})
}

type signoffUnlockCmd struct {
	Area   string `required:"" help:"Code of the province."`
	Month  string `required:"" help:"2026-10"`
	As     string `required:"" help:"User name of the department's officer who unlocks."`
	Reason string `required:"" help:"5 to 400 characters; shown for ever."`
	JSON   bool   `help:"Print the result as JSON."`
}

// Run unlocks the month.
func (c *signoffUnlockCmd) Run(a *app) error {
	return onMonth(a, c.Month, func(house *seeds.House, m signoff.Month) error {
		actor, err := officer(a.ctx, house, c.As)
		if err != nil {
			return err
		}
		at := signoff.Place{Code: c.Area}
		page, err := house.SignOff.Page(a.ctx, actor, at, m)
		if err != nil {
			return err
		}
		if len(page.Locks) == 0 {
			return errors.New("the month was never locked")
		}
		if err := house.SignOff.Unlock(a.ctx, actor, at, m, page.Locks[0].ID, c.Reason); err != nil {
			return err
		}
		return a.shown(house, actor, at, m, c.JSON)
	})
}

type signoffVerifyCmd struct {
	JSON bool `help:"Print the result as JSON."`
}

// Run fails with exit code 1 when anything does not hold.
func (c *signoffVerifyCmd) Run(a *app) error {
	house, err := a.existing()
	if err != nil {
		return err
	}
	defer house.DB.Close()
	found, err := house.SignOff.Verify(a.ctx, house.System)
	if err != nil {
		return err
	}
	err = a.print(c.JSON, found, func(w io.Writer) {
		fmt.Fprintf(w, "%d faults (%d locks, %d frozen units, %d steps checked)\n", len(found.Faults), found.Locks, found.Units, found.Steps)
		for _, f := range found.Faults {
			fmt.Fprintf(w, "  %s %s %s\n", f.Month, f.What, f.Unit)
		}
	})
	if err == nil && len(found.Faults) > 0 {
		return errSilent
	}
	return err
}

// onMonth opens the house for a command about one month.
func onMonth(a *app, month string, run func(*seeds.House, signoff.Month) error) error {
	m, err := signoff.ParseMonth(month)
	if err != nil {
		return usageError{"--month: year-month, 2026-10"}
	}
	house, err := a.existing()
	if err != nil {
		return err
	}
	defer house.DB.Close()
	return run(house, m)
}

// officer is the actor of a user name: the access table decides over it as over
// whoever is signed in.
func officer(ctx context.Context, house *seeds.House, username string) (models.Actor, error) {
	list, _, err := house.People.Accounts(ctx, house.System, people.AccountFilter{Query: username, Limit: 200})
	if err != nil {
		return models.Actor{}, err
	}
	for _, account := range list {
		if account.Username == username {
			return people.ActiveActor(house.DB.Read(ctx), account.ID)
		}
	}
	return models.Actor{}, fmt.Errorf("there is no account %q", username)
}

func (a *app) shown(house *seeds.House, actor models.Actor, at signoff.Place, m signoff.Month, asJSON bool) error {
	page, err := house.SignOff.Page(a.ctx, actor, at, m)
	if err != nil {
		return err
	}
	return a.print(asJSON, page, func(w io.Writer) { monthLines(w, page) })
}
