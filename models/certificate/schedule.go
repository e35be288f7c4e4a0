package certificate

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// ScheduledRule is a rule with the instant from which it decides. The rule
// itself never changes; the instant is the operator's to set.
type ScheduledRule struct {
	Rule
	From   time.Time `json:"active_from"`
	Active bool      `json:"active"` // decides at this moment
}

// EnsureRules writes the shipped rules that are not there yet. It is
// idempotent, safe on many machines at once, and leaves an instant that was
// set by SetRuleFrom as it is.
func (c *Certificates) EnsureRules(ctx context.Context) error {
	for _, r := range shipped() {
		var n int64
		if err := c.db.Read(ctx).Table("certificate_rules").Where("version = ?", r.Version).Count(&n).Error; err != nil {
			return err
		}
		if n > 0 {
			continue
		}
		if err := c.AddRule(ctx, r.Rule, r.From); err != nil && models.CodeOf(err) != "rule_exists" {
			return err
		}
	}
	return nil
}

// AddRule writes a new version that decides from the instant from on. Errors:
// Invalid "invalid_rule"; Conflict "rule_exists" when the version is taken.
func (c *Certificates) AddRule(ctx context.Context, r Rule, from time.Time) error {
	if err := r.check(); err != nil {
		return err
	}
	doc, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encode rule: %w", err)
	}
	return c.db.Tx(ctx, func(tx *gorm.DB) error {
		err := tx.Exec("INSERT INTO certificate_rules (version, active_from, doc, doc_hash, created_at) VALUES (?, ?, ?, ?, ?)",
			r.Version, from.UTC().Truncate(time.Second), string(doc), digest(r), c.clock.Now()).Error
		if store.IsDuplicate(err) {
			return models.Conflict("rule_exists")
		}
		return err
	})
}

// Rules lists every rule by version.
func (c *Certificates) Rules(ctx context.Context) ([]ScheduledRule, error) {
	var list []ScheduledRule
	err := c.db.Snapshot(ctx, func(tx *gorm.DB) error {
		var rows []ruleRow
		if err := tx.Raw("SELECT doc, doc_hash, active_from FROM certificate_rules ORDER BY version").Scan(&rows).Error; err != nil {
			return err
		}
		active, err := ActiveRule(tx, c.clock.Now())
		if err != nil && models.CodeOf(err) != "no_rule" {
			return err
		}
		list = make([]ScheduledRule, len(rows))
		for i, row := range rows {
			r, err := row.rule()
			if err != nil {
				return err
			}
			list[i] = ScheduledRule{Rule: r, From: row.ActiveFrom.UTC(), Active: r.Version == active.Version}
		}
		return nil
	})
	return list, err
}

// SetRuleFrom sets the instant from which a rule decides, for operators. What
// was passed and issued before keeps the rule that it names. Errors:
// KindForbidden; NotFound for no such version; Conflict "no_rule_left" when no
// rule would be in force at this moment.
func (c *Certificates) SetRuleFrom(ctx context.Context, actor models.Actor, version int, from time.Time) error {
	if _, err := models.Allow(actor, models.ActOperate); err != nil {
		return err
	}
	from = from.UTC().Truncate(time.Second)
	return c.db.Tx(ctx, func(tx *gorm.DB) error {
		var known int64
		if err := tx.Raw("SELECT COUNT(*) FROM certificate_rules WHERE version = ?", version).Scan(&known).Error; err != nil {
			return err
		}
		if known == 0 {
			return models.NotFound()
		}
		if err := tx.Exec("UPDATE certificate_rules SET active_from = ? WHERE version = ?", from, version).Error; err != nil {
			return err
		}
		if _, err := ActiveRule(tx, c.clock.Now()); models.CodeOf(err) == "no_rule" {
			return models.Conflict("no_rule_left")
		} else if err != nil {
			return err
		}
		return nil
	})
}

// ruleRow is a stored rule.
type ruleRow struct {
	Doc, DocHash string
	ActiveFrom   time.Time
}

func readRule(q *gorm.DB) (Rule, error) {
	var row struct{ Doc, DocHash string }
	if err := q.Scan(&row).Error; err != nil {
		return Rule{}, err
	}
	if row.Doc == "" {
		return Rule{}, models.Fail(models.KindUnavailable, "no_rule")
	}
	return ruleRow{Doc: row.Doc, DocHash: row.DocHash}.rule()
}

// rule decodes and refuses a rule that is not the one that was written.
func (row ruleRow) rule() (Rule, error) {
	var r Rule
	if err := json.Unmarshal([]byte(row.Doc), &r); err != nil {
		return Rule{}, fmt.Errorf("decode rule: %w", err)
	}
	if digest(r) != row.DocHash {
		return Rule{}, fmt.Errorf("rule %d was changed after it was written", r.Version)
	}
	return r, nil
}
