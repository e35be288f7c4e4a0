package drafts

import (
	"context"
	"slices"

	"gorm.io/gorm"

	"nhaso/curriculum"
	"nhaso/models"
	"nhaso/models/bank"
)

// MostPlayed is how many questions pupils are given at once.
const MostPlayed = 60

// Why a draft cannot be given to pupils as practice.
const (
	leftUse     = "not_practice"    // it may stand in a quiz or a placement test
	leftAnswer  = "no_answer"       // nothing in it is right
	leftPicture = "picture_missing" // what it shows did not come with the file
)

// Unplayable says why a draft cannot be given to pupils as practice; empty: it
// can. That feedback, hints or an explanation are missing is no reason: the
// pupil is told right or wrong then.
func Unplayable(q *curriculum.Question) string {
	right := func(list []curriculum.Option) bool {
		return slices.ContainsFunc(list, func(o curriculum.Option) bool { return o.Correct })
	}
	ok := true
	switch q.Kind {
	case "single", "multiple":
		ok = right(q.Options)
	case "true_false":
		ok = q.Answer != nil && (len(q.Options) == 0 || right(q.Options))
	case "order":
		ok = len(q.Options) > 1
	case "match":
		ok = len(q.Pairs) > 0
	case "spot":
		ok = slices.ContainsFunc(q.Spots, func(s curriculum.Spot) bool { return s.Sign }) ||
			q.Message != nil && slices.ContainsFunc(q.Message.Parts, func(p curriculum.Part) bool { return p.Sign })
	default:
		ok = false
	}
	switch {
	case q.Use != "practice":
		return leftUse
	case !ok:
		return leftAnswer
	}
	return ""
}

// Play is what of a bank pupils can be given as practice. SchoolID is zero for
// a bank of the province. Left lists what was asked for and cannot be played.
type Play struct {
	SchoolID  models.ID
	Name      string
	Questions []curriculum.Question
	Images    []curriculum.Image
	Left      []bank.Note
}

// Playable answers the questions of a bank with these ids, in the order of the
// bank, as far as they can be played. Errors: NotFound for a bank out of reach;
// Invalid field body.question_ids: "required", "too_many", "unknown",
// "nothing_playable".
func (d *Drafts) Playable(ctx context.Context, actor models.Actor, bankID models.ID, ids []models.ID) (Play, error) {
	const at = "body.question_ids"
	switch {
	case len(ids) == 0:
		return Play{}, models.InvalidField(at, "required")
	case len(ids) > MostPlayed:
		return Play{}, models.InvalidField(at, "too_many")
	}
	p := Play{Left: []bank.Note{}}
	err := d.db.Snapshot(ctx, func(tx *gorm.DB) error {
		k, err := keeperOf(tx, actor)
		if err != nil {
			return err
		}
		b, err := bankFor(tx, k, bankID)
		if err != nil {
			return err
		}
		p.Name = b.Name
		if b.OwnerID != province {
			p.SchoolID = b.OwnerID
		}
		var rows []draftRow
		err = tx.Raw("SELECT q.id, q.question_use, q.doc, q.hash, q.problems, q.created_at FROM bank_questions q WHERE q.bank_id = ? AND q.id IN ? AND "+
			k.questionsWhere(b.OwnerID)+" ORDER BY q.position", bankID, ids).Scan(&rows).Error
		if err != nil {
			return err
		}
		if len(rows) != len(ids) {
			return models.InvalidField(at, "unknown")
		}
		return p.take(tx, rows)
	})
	if err == nil && len(p.Questions) == 0 {
		err = models.InvalidField(at, "nothing_playable")
	}
	return p, err
}

// take sorts drafts into those that can be played, with their pictures, and
// those that cannot.
func (p *Play) take(tx *gorm.DB, rows []draftRow) error {
	known := map[string]bool{}
	for _, r := range rows {
		one, err := r.draft()
		if err != nil {
			return err
		}
		q := one.Question
		reason := Unplayable(&q)
		if reason == "" && q.Image != nil && !known[q.Image.Src] {
			image, err := media(tx, q.Image.Src)
			switch {
			case models.KindOf(err) == models.KindNotFound:
				reason = leftPicture
			case err != nil:
				return err
			default:
				known[image.Src] = true
				p.Images = append(p.Images, image)
			}
		}
		if reason != "" {
			p.Left = append(p.Left, bank.Note{Where: q.Key, Reason: reason})
			continue
		}
		p.Questions = append(p.Questions, q)
	}
	return nil
}
