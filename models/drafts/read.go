package drafts

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"gorm.io/gorm"

	"nhaso/curriculum"
	"nhaso/models"
	"nhaso/models/bank"
	"nhaso/models/store"
)

// Draft is a question of a bank, with its answers: it is for staff alone.
// Problems are codes of what an author must still add.
type Draft struct {
	ID        models.ID           `json:"id"`
	Question  curriculum.Question `json:"question"`
	Problems  []string            `json:"problems"`
	CreatedAt time.Time           `json:"created_at"`
}

type draftRow struct {
	ID          models.ID
	Position    int
	QuestionUse string
	Doc         string
	Hash        string
	Problems    string
	CreatedAt   time.Time
}

func (r draftRow) draft() (out Draft, err error) {
	out = Draft{ID: r.ID, CreatedAt: r.CreatedAt.UTC()}
	if err := json.Unmarshal([]byte(r.Doc), &out.Question); err != nil {
		return out, fmt.Errorf("draft %.12s: %w", r.Hash, err)
	}
	out.Question.Hash = r.Hash
	return out, json.Unmarshal([]byte(r.Problems), &out.Problems)
}

// Questions lists the drafts of a bank in the order of their files, limit of
// them after a position; next is 0 after the last. NotFound for a bank out of
// reach.
func (d *Drafts) Questions(ctx context.Context, actor models.Actor, bankID models.ID, after, limit int) (list []Draft, next int, err error) {
	err = d.db.Snapshot(ctx, func(tx *gorm.DB) error {
		k, err := keeperOf(tx, actor)
		if err != nil {
			return err
		}
		b, err := bankFor(tx, k, bankID)
		if err != nil {
			return err
		}
		var rows []draftRow
		err = tx.Raw("SELECT q.id, q.position, q.doc, q.hash, q.problems, q.created_at FROM bank_questions q WHERE q.bank_id = ? AND q.position > ? AND "+
			k.questionsWhere(b.OwnerID)+" ORDER BY q.position LIMIT ?", bankID, after, limit+1).Scan(&rows).Error
		if err != nil {
			return err
		}
		if len(rows) > limit {
			rows = rows[:limit]
			next = rows[limit-1].Position
		}
		for _, r := range rows {
			one, err := r.draft()
			if err != nil {
				return err
			}
			list = append(list, one)
		}
		return nil
	})
	return list, next, err
}

// Delete takes a draft out of a bank of an own school. NotFound for any other.
func (d *Drafts) Delete(ctx context.Context, actor models.Actor, bankID, questionID models.ID) error {
	return d.db.Tx(ctx, func(tx *gorm.DB) error {
		k, err := keeperOf(tx, actor)
		if err != nil {
			return err
		}
		b, err := bankFor(tx, k, bankID)
		if err != nil {
			return err
		}
		if !k.keeps(b.OwnerID) {
			return models.NotFound()
		}
		return store.One(tx.Exec("DELETE FROM bank_questions WHERE id = ? AND bank_id = ?", questionID, bankID), models.NotFound())
	})
}

// Content is what may be written into a file: questions with the pictures they
// show. Withheld are those that may stand in a quiz or a placement test and
// leave only in an administrator's file.
type Content struct {
	Questions []curriculum.Question
	Images    map[string]curriculum.Image
	Withheld  []bank.Note
}

// Content answers a whole bank for a file. NotFound for a bank out of reach.
func (d *Drafts) Content(ctx context.Context, actor models.Actor, bankID models.ID) (c Content, err error) {
	c.Images = map[string]curriculum.Image{}
	err = d.db.Snapshot(ctx, func(tx *gorm.DB) error {
		k, err := keeperOf(tx, actor)
		if err != nil {
			return err
		}
		b, err := bankFor(tx, k, bankID)
		if err != nil {
			return err
		}
		var rows []draftRow
		err = tx.Raw("SELECT q.id, q.question_use, q.doc, q.hash, q.problems, q.created_at FROM bank_questions q WHERE q.bank_id = ? AND "+
			k.questionsWhere(b.OwnerID)+" ORDER BY q.position", bankID).Scan(&rows).Error
		if err != nil {
			return err
		}
		for _, r := range rows {
			one, err := r.draft()
			if err != nil {
				return err
			}
			if r.QuestionUse != "practice" && !k.all {
				c.Withheld = append(c.Withheld, bank.Note{Where: one.Question.Key, Reason: "not_practice"})
				continue
			}
			c.Questions = append(c.Questions, one.Question)
		}
		return c.pictures(tx)
	})
	return c, err
}

// pictures reads what the questions show.
func (c *Content) pictures(tx *gorm.DB) error {
	for _, q := range c.Questions {
		if q.Image == nil || c.Images[q.Image.Src].Src != "" {
			continue
		}
		image, err := media(tx, q.Image.Src)
		if err != nil {
			return err
		}
		c.Images[image.Src] = image
	}
	return nil
}

// Media answers a draft's picture by its content name; NotFound for an unknown
// one.
func (d *Drafts) Media(ctx context.Context, name string) (curriculum.Image, error) {
	return media(d.db.Read(ctx), name)
}

func media(tx *gorm.DB, name string) (curriculum.Image, error) {
	var row struct {
		MediaType string
		Data      []byte
	}
	if err := tx.Raw("SELECT media_type, data FROM bank_media WHERE name = ?", name).Scan(&row).Error; err != nil {
		return curriculum.Image{}, err
	}
	if row.MediaType == "" {
		return curriculum.Image{}, models.NotFound()
	}
	return curriculum.Image{Src: name, Type: row.MediaType, Data: row.Data}, nil
}
