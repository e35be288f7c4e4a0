package consent

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/store"
)

// NewEvent is what somebody records. ID is made by the client and may not be
// zero: a repeat is answered as the first was.
type NewEvent struct {
	ID          models.ID
	PersonID    models.ID
	Kind        string
	Party       string
	Act         string
	Relation    string // of the guardian
	TextVersion int    // of what is agreed to; not asked for when withdrawing
	Channel     string
	OnDate      string // civil day; "" is today
}

// MaxEvents is how many events one call records: a class with both kinds, both
// parties.
const MaxEvents = 400

// Record appends events about pupils of the actor's classes: all or none. The
// actor needs record_consent with every pupil in reach, otherwise NotFound.
// Errors: Invalid fields "body.events[i].kind", "party", "act", "relation",
// "channel", "on_date", "text_version"; Conflict "id_taken".
func (c *Consents) Record(ctx context.Context, actor models.Actor, list []NewEvent) error {
	reach, err := models.Allow(actor, models.ActRecordConsent)
	if err != nil {
		return err
	}
	today := c.db.Clock().Today()
	for i := range list {
		if !slices.Contains([]string{ChannelPaper, ChannelInPerson, ChannelPhone}, list[i].Channel) {
			return at(i, "channel", "unknown_channel")
		}
		if err := list[i].complete(i, today); err != nil {
			return err
		}
	}
	return c.db.Tx(ctx, func(tx *gorm.DB) error {
		asked := map[models.ID]bool{}
		for _, e := range list {
			if asked[e.PersonID] {
				continue
			}
			asked[e.PersonID] = true
			ok, err := c.inReach(tx, reach, e.PersonID)
			if err == nil && !ok {
				err = models.NotFound()
			}
			if err != nil {
				return err
			}
		}
		return c.appendAll(tx, actor, models.ActRecordConsent, list)
	})
}

// Decide records what a pupil says about the own name, signed in. The actor
// needs own_consent. Errors as for Record.
func (c *Consents) Decide(ctx context.Context, actor models.Actor, list []NewEvent) error {
	reach, err := models.Allow(actor, models.ActOwnConsent)
	if err != nil {
		return err
	}
	if reach.Self.IsZero() {
		return models.NotFound()
	}
	today := c.db.Clock().Today()
	for i := range list {
		list[i].PersonID, list[i].Party, list[i].Relation = reach.Self, Child, ""
		list[i].Channel, list[i].OnDate = ChannelAccount, today
		if err := list[i].complete(i, today); err != nil {
			return err
		}
	}
	return c.db.Tx(ctx, func(tx *gorm.DB) error { return c.appendAll(tx, actor, models.ActOwnConsent, list) })
}

func at(i int, field, code string) error {
	return models.InvalidField("body.events["+strconv.Itoa(i)+"]."+field, code)
}

// complete checks an event and fills in the day.
func (e *NewEvent) complete(i int, today string) error {
	if e.OnDate == "" {
		e.OnDate = today
	}
	_, err := models.ParseDay(e.OnDate)
	switch {
	case e.ID.IsZero():
		return at(i, "id", "required")
	case !slices.Contains(Kinds(today), e.Kind):
		return at(i, "kind", "unknown_kind")
	case e.Party != Child && e.Party != Guardian:
		return at(i, "party", "unknown_party")
	case e.Act != Granted && e.Act != Withdrawn:
		return at(i, "act", "unknown_act")
	case e.Party == Guardian && !slices.Contains(Relations, e.Relation), e.Party == Child && e.Relation != "":
		return at(i, "relation", "unknown_relation")
	case err != nil:
		return at(i, "on_date", "invalid_date")
	case e.OnDate > today:
		return at(i, "on_date", "future_date")
	}
	if e.Act == Withdrawn {
		e.TextVersion = 0 // nobody has to have read anything to withdraw
		return nil
	}
	if t, err := textOf(e.Kind, e.TextVersion); err != nil || t.From > e.OnDate {
		return at(i, "text_version", "unknown_text")
	}
	return nil
}

func (c *Consents) appendAll(tx *gorm.DB, actor models.Actor, action models.Action, list []NewEvent) error {
	now := c.db.Clock().Now()
	for _, n := range list {
		e := n.event(actor, string(actor.RoleFor(action)), now)
		if err := appendEvent(tx, e); err != nil {
			return err
		}
	}
	return nil
}

func (e NewEvent) event(actor models.Actor, role string, now time.Time) Event {
	out := Event{
		ID: e.ID, PersonID: e.PersonID, Kind: e.Kind, Party: e.Party, Act: e.Act, Relation: e.Relation, TextVersion: e.TextVersion,
		Channel: e.Channel, OnDate: e.OnDate, RecordedBy: actor.Account, RecordedName: cut(actor.Name, 120), RecordedRole: role, RecordedAt: now,
	}
	if t, err := textOf(e.Kind, e.TextVersion); err == nil {
		out.TextHash = t.Hash()
	}
	return out
}

// appendEvent writes one event and the state after it. Of two that come at once
// the unique index lets one through; the other runs again behind it.
func appendEvent(tx *gorm.DB, e Event) error {
	done, err := repeated(tx, e)
	if err != nil || done {
		return err
	}
	if err := notOlder(tx, e); err != nil {
		return err
	}
	state, err := stateOf(tx, e.PersonID, e.Kind)
	if err != nil {
		return err
	}
	e.Seq = state.Seq + 1
	err = tx.Exec(`INSERT INTO consent_events (id, person_id, kind, seq, party, act, relation, text_version, text_hash, channel,
		on_date, recorded_by, recorded_name, recorded_role, recorded_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)`,
		e.ID, e.PersonID, e.Kind, e.Seq, e.Party, e.Act, e.Relation, e.TextVersion, e.TextHash, e.Channel,
		e.OnDate, e.RecordedBy, e.RecordedName, e.RecordedRole, e.RecordedAt).Error
	if store.IsDuplicate(err) {
		return store.ErrRetry
	}
	if err != nil {
		return fmt.Errorf("write consent: %w", err)
	}
	return writeState(tx, state.with(e))
}

// notOlder refuses a form that was signed before the same party withdrew: typed
// in late, it must not take the withdrawal back.
func notOlder(tx *gorm.DB, e Event) error {
	if e.Act != Granted {
		return nil
	}
	var n int
	err := tx.Raw("SELECT COUNT(*) FROM consent_events e WHERE e.person_id = ? AND e.kind = ? AND e.party = ? AND e.act = ? AND e.on_date > ?",
		e.PersonID, e.Kind, e.Party, Withdrawn, e.OnDate).Scan(&n).Error
	if err != nil {
		return fmt.Errorf("look for withdrawals: %w", err)
	}
	if n > 0 {
		return models.Conflict("withdrawn_since")
	}
	return nil
}

// repeated tells whether an event was written before. The error is Conflict
// "id_taken" when its id is another's.
func repeated(tx *gorm.DB, e Event) (bool, error) {
	var have []Event
	if err := tx.Raw("SELECT "+eventColumns+" FROM consent_events e WHERE e.id = ?", e.ID).Scan(&have).Error; err != nil {
		return false, fmt.Errorf("look for consent: %w", err)
	}
	if len(have) == 0 {
		return false, nil
	}
	if h := have[0]; h.PersonID != e.PersonID || h.Kind != e.Kind || h.Party != e.Party || h.Act != e.Act {
		return false, models.Conflict("id_taken")
	}
	return true, nil
}

// stateOf reads the state that an event changes; one without events has Seq 0.
func stateOf(tx *gorm.DB, person models.ID, kind string) (State, error) {
	s := State{PersonID: person, Kind: kind}
	err := tx.Raw("SELECT "+stateColumns+" FROM consent_states s WHERE s.person_id = ? AND s.kind = ?", person, kind).Scan(&s).Error
	return s, err
}

func writeState(tx *gorm.DB, s State) error {
	if s.Seq == 1 {
		err := tx.Exec("INSERT INTO consent_states (person_id, kind, seq, child, guardian) VALUES (?,?,?,?,?)",
			s.PersonID, s.Kind, s.Seq, s.Child, s.Guardian).Error
		if store.IsDuplicate(err) {
			return store.ErrRetry
		}
		return err
	}
	return store.One(tx.Exec("UPDATE consent_states SET seq = ?, child = ?, guardian = ? WHERE person_id = ? AND kind = ? AND seq = ?",
		s.Seq, s.Child, s.Guardian, s.PersonID, s.Kind, s.Seq-1), store.ErrRetry)
}

// cut keeps at most n characters, the length of a column.
func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}
