package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// The lists that show whole names to somebody whose own villages, class or
// school they are not of.
const (
	ListHouseholds   = "households"      // of a village, with their heads
	ListSchoolAge    = "school_age_file" // the households of a commune, as a file
	ListCandidates   = "candidates"      // households that a claim may mean
	ListDuplicates   = "duplicates"
	ListCertificates = "certificates"
	ListMembers      = "household_members" // at the desk for personal data
)

// NamesListed puts on record that whole names of a list were read: one entry an
// hour for each account, list, subject and school, not one a row or a page. It
// opens a transaction only when this hour has none yet. Call it before the
// names leave: when it fails, they stay.
func NamesListed(ctx context.Context, db *store.DB, actor models.Actor, list string, e Entry) error {
	e.Act, e.Detail = ListRead, Detail{"list": list}
	done, err := listedThisHour(db.Read(ctx), actor, e)
	if err != nil || done {
		return err
	}
	return db.Tx(ctx, func(tx *gorm.DB) error {
		// Asked again: of two that come at once the second finds the first.
		done, err := listedThisHour(tx, actor, e)
		if err != nil || done {
			return err
		}
		return Append(tx, actor, e)
	})
}

func listedThisHour(tx *gorm.DB, actor models.Actor, e Entry) (bool, error) {
	hour := tx.NowFunc().UTC().Truncate(time.Hour)
	chain := systemChain
	if !actor.Account.IsZero() {
		chain = actor.Account.String()
	}
	where, args := "subject_id = ?", []any{e.Subject}
	if e.Subject.IsZero() {
		where, args = "subject_id IS NULL", nil
	}
	if e.School.IsZero() {
		where += " AND school_id IS NULL"
	} else {
		where, args = where+" AND school_id = ?", append(args, e.School)
	}
	detail, err := json.Marshal(e.Detail) // as Append writes it
	if err != nil {
		return false, err
	}
	// An identifier begins with its moment: the index finds this hour's alone.
	args = append(args, models.FirstID(hour), hour, chain, ListRead, string(detail))
	var n int
	err = tx.Raw("SELECT COUNT(*) FROM audit_entries WHERE "+where+" AND id >= ? AND at >= ? AND chain = ? AND act = ? AND detail = ?", args...).Scan(&n).Error
	if err != nil {
		return false, fmt.Errorf("look for this hour's entry: %w", err)
	}
	return n > 0, nil
}
