package main

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/signoff"
	"nhaso/seeds"
)

// The department locks last month from the command line once every commune has
// approved; the lock is checked, and undone with a reason.
func TestSignOffThroughTheCommandLine(t *testing.T) {
	p := newProgram(t)
	p.json(exitOK, "seed", "--demo", "--households", "600")
	now := time.Now().In(models.VietNam())
	month := time.Date(now.Year(), now.Month()-1, 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
	of := []string{"--area", "22", "--month", month}
	with := func(args ...string) []string { return append(args, of...) }

	code, _, errs := p.run("signoff", "status", "--area", "22", "--month", "10-2026")
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, errs, "--month")
	code, _, errs = p.run(with("signoff", "lock", "--as", "nobody")...)
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, errs, "no account")
	code, _, errs = p.run(with("signoff", "lock", "--as", "sogiaoduc")...)
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, errs, "children_not_ready")
	code, _, _ = p.run(with("signoff", "lock", "--as", "canbo")...)
	assert.Equal(t, exitFailed, code, "not the department")

	approveCommunes(t, p, signoff.Month(month))
	locked := p.json(exitOK, with("signoff", "lock", "--as", "sogiaoduc")...)
	assert.Equal(t, "locked", locked["state"])
	assert.Equal(t, 0.0, p.json(exitOK, "coverage", "verify")["differences"])
	assert.Empty(t, p.json(exitOK, "signoff", "verify")["faults"])
	code, out, _ := p.run(with("signoff", "status")...)
	assert.Equal(t, exitOK, code)
	assert.Contains(t, out, "locked")
	unlocked := p.json(exitOK, with("signoff", "unlock", "--as", "sogiaoduc", "--reason", "Thiếu một thôn")...)
	assert.Equal(t, "open", unlocked["state"])
}

// approveCommunes approves every commune of the program's database on its behalf.
func approveCommunes(t *testing.T, p *program, m signoff.Month) {
	t.Helper()
	cfg, err := LoadConfig(env(p.env))
	require.NoError(t, err)
	a := &app{ctx: t.Context(), cfg: cfg, clock: models.SystemClock()}
	require.NoError(t, onMonth(a, string(m), func(house *seeds.House, m signoff.Month) error {
		actor, err := officer(a.ctx, house, "sogiaoduc")
		if err != nil {
			return err
		}
		page, err := house.SignOff.Page(a.ctx, actor, signoff.Place{Code: "22"}, m)
		if err != nil {
			return err
		}
		for _, c := range page.Children {
			step := signoff.NewStep{ID: models.NewID(a.clock()), Kind: signoff.StepApproved, Digest: c.Digest, Reason: "Thay mặt xã"}
			if err := house.SignOff.Approve(a.ctx, actor, signoff.Place{Code: c.Code}, m, step); err != nil {
				return err
			}
		}
		return nil
	}))
}
