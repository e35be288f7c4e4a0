package signoff

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"nhaso/models"
)

// Unit is one school, village, commune or province with its figures of a month.
type Unit struct {
	ID       models.ID `json:"id"`
	Kind     string    `json:"kind"`
	ParentID models.ID `json:"-"`
	Code     string    `json:"code"`
	Name     string    `json:"name"`
	Figures
	Skills *Skills `json:"skills" gorm:"-"` // null for a school, and in a month locked before they were counted
	Digest string  `json:"digest"`          // over its figures and those of everything below it
}

// tree is the figures of a province for one month.
type tree struct {
	root  models.ID
	units map[models.ID]*Unit
	below map[models.ID][]models.ID // in the order in which they are shown
}

func newTree(root Unit) *tree {
	return &tree{root: root.ID, units: map[models.ID]*Unit{root.ID: &root}, below: map[models.ID][]models.ID{}}
}

func (t *tree) add(u Unit) {
	t.units[u.ID] = &u
	t.below[u.ParentID] = append(t.below[u.ParentID], u.ID)
}

// seal sums the figures upwards and makes every digest.
func (t *tree) seal() { t.sealUnit(t.units[t.root]) }

func (t *tree) sealUnit(u *Unit) {
	digests := make([]string, 0, len(t.below[u.ID]))
	for _, id := range t.below[u.ID] {
		child := t.units[id]
		t.sealUnit(child)
		u.Figures = u.Figures.plus(child.Figures)
		if u.Skills != nil && child.Skills != nil {
			sum := u.Skills.combined(*child.Skills, 1)
			u.Skills = &sum
		}
		digests = append(digests, child.Digest)
	}
	u.Digest = u.digest(digests)
}

// digest is the hash of what a unit says and of the digests below it, in the
// order of the digests themselves, so that no order of a list is part of it. The
// skills stand in it only where they were counted, so that months locked before
// still prove.
func (u *Unit) digest(below []string) string {
	slices.Sort(below)
	form, skills := "month 1", ""
	if u.Skills != nil {
		form, skills = "month 2", u.Skills.text()+"|"
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%s|%s|%s|%q|%q|%d|%d|%d|%d|%d|%d|%s%s", form, u.Kind, u.ID, u.Code, u.Name,
		u.Households, u.Known, u.Covered, u.Pupils, u.Certified, u.Passes, skills, strings.Join(below, ",")))
	return hex.EncodeToString(sum[:])
}

// signs tells whether a unit has anything to approve: a school without pupils
// and a commune without households and pupils are ready by themselves.
func (u *Unit) signs() bool { return u.Figures != Figures{} }

// chain answers a unit and those above it, the province last.
func (t *tree) chain(id models.ID) []*Unit {
	var up []*Unit
	for u := t.units[id]; u != nil; u = t.units[u.ParentID] {
		up = append(up, u)
	}
	return up
}
