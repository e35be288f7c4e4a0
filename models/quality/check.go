package quality

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

//go:embed checks.json
var shippedChecks []byte

// checksSetting is the row of settings that holds a list loaded by an operator.
const checksSetting = "quality.checks"

// The owners of a finding: who does something about it.
const (
	OwnerTeacher    = "class_teacher"
	OwnerSchool     = "school"
	OwnerCommune    = "commune"
	OwnerDepartment = "department"
)

var owners = []string{OwnerTeacher, OwnerSchool, OwnerCommune, OwnerDepartment}

// Words are a text in both languages; "{name}" stands for a limit.
type Words struct {
	VI string `json:"vi"`
	EN string `json:"en"`
}

// In answers the text in a language with the limits filled in.
func (w Words) In(lang string, limits map[string]int) string {
	text := w.VI
	if lang == "en" {
		text = w.EN
	}
	for name, n := range limits {
		text = strings.ReplaceAll(text, "{"+name+"}", strconv.Itoa(n))
	}
	return text
}

// Check is one thing to look for.
type Check struct {
	Key    string         `json:"key"`
	Owner  string         `json:"owner"`
	Unit   string         `json:"unit"`   // what the value of a finding counts
	Limits map[string]int `json:"limits"` // the thresholds
	Title  Words          `json:"title"`
	Why    Words          `json:"why"`
	Todo   Words          `json:"todo"`
}

// ParseChecks reads a list of checks. It may leave checks out and change
// limits, owners and words; every limit of a check must be there and be 0 to
// 100,000. The error says which check is wrong.
func ParseChecks(text []byte) ([]Check, error) {
	var list []Check
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&list); err != nil {
		return nil, fmt.Errorf("read checks: %w", err)
	}
	shipped := map[string]Check{}
	if !bytes.Equal(text, shippedChecks) {
		own, err := ParseChecks(shippedChecks)
		if err != nil {
			return nil, err
		}
		for _, c := range own {
			shipped[c.Key] = c
		}
	}
	seen := map[string]bool{}
	for _, c := range list {
		if err := c.check(shipped); err != nil {
			return nil, fmt.Errorf("check %q: %w", c.Key, err)
		}
		if seen[c.Key] {
			return nil, fmt.Errorf("check %q: twice", c.Key)
		}
		seen[c.Key] = true
	}
	return list, nil
}

// gone are limits that a check had once: a list that an operator loaded then is
// still read, and the limit says nothing.
var gone = map[string]string{"duplicates": "households"}

// current answers the limits that still say something.
func (c Check) current() map[string]int {
	limits := maps.Clone(c.Limits)
	delete(limits, gone[c.Key])
	return limits
}

func (c Check) check(shipped map[string]Check) error {
	if lookers[c.Key] == nil {
		return fmt.Errorf("there is no such check")
	}
	if !slices.Contains(owners, c.Owner) {
		return fmt.Errorf("owner: one of %v", owners)
	}
	for _, w := range []Words{c.Title, c.Why, c.Todo} {
		if w.VI == "" || w.EN == "" || len(w.VI) > 600 || len(w.EN) > 600 {
			return fmt.Errorf("title, why and todo: in vi and en, 600 bytes at most")
		}
	}
	if own, known := shipped[c.Key]; known {
		if !slices.Equal(slices.Sorted(maps.Keys(c.current())), slices.Sorted(maps.Keys(own.Limits))) {
			return fmt.Errorf("limits: %v", slices.Sorted(maps.Keys(own.Limits)))
		}
	}
	for name, n := range c.Limits {
		if n < 0 || n > 100_000 {
			return fmt.Errorf("limit %s: 0 to 100,000", name)
		}
	}
	return nil
}

// checksOf reads the list that was loaded, or the one that ships.
func checksOf(tx *gorm.DB) ([]Check, error) {
	var loaded []string
	if err := tx.Raw("SELECT value FROM settings WHERE name = ?", checksSetting).Scan(&loaded).Error; err != nil {
		return nil, fmt.Errorf("read checks: %w", err)
	}
	if len(loaded) > 0 {
		return ParseChecks([]byte(loaded[0]))
	}
	return ParseChecks(shippedChecks)
}

// LoadChecks replaces the list; an empty file brings back the one that ships.
// It answers how many checks there are then. Errors: KindForbidden, or what is
// wrong with the file.
func (q *Quality) LoadChecks(ctx context.Context, actor models.Actor, file []byte) (int, error) {
	if _, err := models.Allow(actor, models.ActOperate); err != nil {
		return 0, err
	}
	if len(file) == 0 {
		list, err := ParseChecks(shippedChecks)
		if err != nil {
			return 0, err
		}
		return len(list), q.db.Tx(ctx, func(tx *gorm.DB) error {
			return tx.Exec("DELETE FROM settings WHERE name = ?", checksSetting).Error
		})
	}
	list, err := ParseChecks(file)
	if err != nil {
		return 0, err
	}
	return len(list), q.db.Tx(ctx, func(tx *gorm.DB) error {
		now := q.clock.Now()
		res := tx.Exec("UPDATE settings SET value = ?, updated_at = ? WHERE name = ?", string(file), now, checksSetting)
		if res.Error != nil || res.RowsAffected > 0 {
			return res.Error
		}
		err := tx.Exec("INSERT INTO settings (name, value, updated_at) VALUES (?,?,?)", checksSetting, string(file), now).Error
		if store.IsDuplicate(err) {
			return store.ErrRetry
		}
		return err
	})
}
