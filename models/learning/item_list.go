package learning

import (
	"cmp"
	"context"
	"encoding/json"
	"math"
	"slices"
	"time"

	"gorm.io/gorm"

	"nhaso/curriculum"
	"nhaso/models"
)

// ItemFlag says why and when a question stopped being drawn. The figures are
// those of that moment.
type ItemFlag struct {
	N              int64      `json:"n"`
	Difficulty     float64    `json:"difficulty"`     // p, 0..1
	Discrimination *float64   `json:"discrimination"` // r, -1..1; null: nothing varied
	FlaggedAt      time.Time  `json:"flagged_at"`
	ClearedAt      *time.Time `json:"cleared_at"` // null: in force
	ClearedReason  string     `json:"cleared_reason"`
}

// ItemAnalysis is how one version of a question behaves over all attempts that
// are final.
type ItemAnalysis struct {
	CourseKey      string    `json:"course_key"`
	CourseTitle    string    `json:"course_title"`
	QuestionKey    string    `json:"question_key"`
	QuestionHash   string    `json:"question_hash"`
	Kind           string    `json:"kind"`
	Objective      string    `json:"objective"`
	Stem           string    `json:"stem"`           // sanitised inline HTML
	Current        bool      `json:"current"`        // false: mended or withdrawn since
	N              int64     `json:"n"`              // attempts
	Difficulty     float64   `json:"difficulty"`     // p, the mean score, 0..1
	Discrimination *float64  `json:"discrimination"` // r between question and rest, -1..1; null: nothing varies
	Flag           *ItemFlag `json:"flag"`           // the latest
	// Drawn tells whether quizzes draw it now; Kept that they do although it is
	// flagged, because too few others would be left.
	Drawn bool `json:"drawn"`
	Kept  bool `json:"kept"`
}

// ItemChoice is one answer pattern: how often it was given, of all, of the
// weakest and of the strongest third. Code "none" is no answer, "true" and
// "false" are verdicts; the others have a text.
type ItemChoice struct {
	Code   string `json:"code"`
	Text   string `json:"text"`
	Right  bool   `json:"right"`
	N      int64  `json:"n"`
	Bottom int64  `json:"bottom"`
	Top    int64  `json:"top"`
}

// ItemDetail is an analysis with its distractor table. BottomN and TopN are the
// sizes of the two groups, 0 where the scores lie too close together to part
// them.
type ItemDetail struct {
	ItemAnalysis
	BottomN int64        `json:"bottom_n"`
	TopN    int64        `json:"top_n"`
	Choices []ItemChoice `json:"choices"`
}

// Items lists the analysis of every question that was answered, and of every
// one that quizzes may draw, by course and key. courseKey empty: of all
// courses. The figures are of the whole province and name nobody.
func (l *Learning) Items(ctx context.Context, actor models.Actor, courseKey string) ([]ItemAnalysis, error) {
	if _, err := models.Allow(actor, models.ActReadItems); err != nil {
		return nil, err
	}
	details, err := l.itemDetails(ctx, courseKey, "")
	list := make([]ItemAnalysis, len(details))
	for i, d := range details {
		list[i] = d.ItemAnalysis
	}
	return list, err
}

// Item answers one version of a question by its hash, with how often each
// answer was chosen. NotFound for an unknown hash.
func (l *Learning) Item(ctx context.Context, actor models.Actor, hash string) (ItemDetail, error) {
	if _, err := models.Allow(actor, models.ActReadItems); err != nil {
		return ItemDetail{}, err
	}
	details, err := l.itemDetails(ctx, "", hash)
	if err != nil {
		return ItemDetail{}, err
	}
	if len(details) == 0 {
		return ItemDetail{}, models.NotFound()
	}
	return details[0], nil
}

// itemDetails joins sums, flags, content and what is drawn; hash or courseKey
// may narrow it.
func (l *Learning) itemDetails(ctx context.Context, courseKey, hash string) ([]ItemDetail, error) {
	db := l.db.Read(ctx)
	rows, err := scanItems(db.Raw(itemSelect))
	if err != nil {
		return nil, err
	}
	order, current, err := l.catalog.list(ctx)
	if err != nil {
		return nil, err
	}
	rows = withUnanswered(rows, order)
	rows = slices.DeleteFunc(rows, func(r itemRow) bool {
		return courseKey != "" && r.CourseKey != courseKey || hash != "" && r.QuestionHash != hash
	})
	questions, err := l.questionsOf(ctx, rows, current)
	if err != nil {
		return nil, err
	}
	flags, err := latestFlags(db)
	if err != nil {
		return nil, err
	}
	list := make([]ItemDetail, 0, len(rows))
	for _, r := range rows {
		q := questions[r.QuestionHash]
		if q == nil {
			continue
		}
		d := r.detail(q)
		d.Flag = flags[r.QuestionHash]
		if c := current[r.CourseKey]; c != nil {
			d.CourseTitle = c.Title
			d.Current = c.byHash[r.QuestionHash] != nil
			d.Drawn = slices.Contains(l.catalog.drawnFrom(c)[q.Objective], c.byHash[r.QuestionHash]) && d.Current
			d.Kept = d.Drawn && d.Flag != nil && d.Flag.ClearedAt == nil
		}
		list = append(list, d)
	}
	slices.SortStableFunc(list, func(a, b ItemDetail) int {
		return cmp.Or(cmp.Compare(a.CourseKey, b.CourseKey), cmp.Compare(a.QuestionKey, b.QuestionKey), cmp.Compare(b.N, a.N))
	})
	return list, nil
}

// withUnanswered adds the questions that quizzes may draw and nobody met.
func withUnanswered(rows []itemRow, order []*course) []itemRow {
	known := map[string]bool{}
	for _, r := range rows {
		known[r.QuestionHash] = true
	}
	for _, c := range order {
		for i := range c.Questions {
			if q := &c.Questions[i]; q.Quizzed() && !known[q.Hash] {
				rows = append(rows, itemRow{QuestionHash: q.Hash, CourseKey: c.Key, QuestionKey: q.Key})
			}
		}
	}
	return rows
}

// questionsOf finds the content of versions, current and old.
func (l *Learning) questionsOf(ctx context.Context, rows []itemRow, current map[string]*course) (map[string]*curriculum.Question, error) {
	found := map[string]*curriculum.Question{}
	var old []string
	for _, r := range rows {
		if c := current[r.CourseKey]; c != nil && c.byHash[r.QuestionHash] != nil {
			found[r.QuestionHash] = c.byHash[r.QuestionHash]
		} else {
			old = append(old, r.QuestionHash)
		}
	}
	list, err := loadAll[curriculum.Question](ctx, l.db, "question_versions", old)
	for i := range list {
		found[list[i].Hash] = &list[i]
	}
	return found, err
}

func rounded(v float64) float64 { return math.Round(v*1000) / 1000 }

// detail shows the sums of a question.
func (r itemRow) detail(q *curriculum.Question) ItemDetail {
	d := ItemDetail{ItemAnalysis: ItemAnalysis{CourseKey: r.CourseKey, QuestionKey: r.QuestionKey, QuestionHash: r.QuestionHash, Kind: q.Kind,
		Objective: q.Objective, Stem: q.Stem, N: r.N, Difficulty: rounded(r.difficulty())}, Choices: []ItemChoice{}}
	if v, ok := r.discrimination(); ok {
		v = rounded(v)
		d.Discrimination = &v
	}
	bottom, top, ok := r.thirds()
	if !ok {
		bottom, top = group{}, group{}
	}
	d.BottomN, d.TopN = bottom.n, top.n
	s := shown{q: q}
	codes := partsOf(q)
	for code := range r.Choices {
		if !slices.Contains(codes, code) && code != choiceAll {
			codes = append(codes, code)
		}
	}
	for _, code := range codes {
		text, right, _, known := s.choiceWords(code)
		if !known {
			continue
		}
		counts := r.Choices[code]
		d.Choices = append(d.Choices, ItemChoice{Code: code, Text: text, Right: right, N: group{to: bands}.count(counts),
			Bottom: bottom.count(counts), Top: top.count(counts)})
	}
	slices.SortStableFunc(d.Choices, func(a, b ItemChoice) int {
		return cmp.Or(boolOrder(a.Right, b.Right), cmp.Compare(b.N, a.N), cmp.Compare(a.Code, b.Code))
	})
	return d
}

// boolOrder puts true first.
func boolOrder(a, b bool) int { return bit(b) - bit(a) }

// partsOf lists the patterns of a question that are shown also when nobody
// chose them: a distractor that nobody takes is none.
func partsOf(q *curriculum.Question) (codes []string) {
	switch q.Kind {
	case "single", "multiple", "true_false":
		for i := range q.Options {
			codes = append(codes, "o"+itoa(i))
		}
		if q.Kind == "true_false" {
			codes = append(codes, choiceTrue, choiceFalse)
		}
	case "spot":
		for i := range signs(q) {
			codes = append(codes, "m"+itoa(i))
		}
	}
	return codes
}

func latestFlags(db *gorm.DB) (map[string]*ItemFlag, error) {
	var rows []struct {
		QuestionHash  string
		N             int64
		P             int
		R             *int
		FlaggedAt     time.Time
		ClearedAt     *time.Time
		ClearedReason *string
	}
	err := db.Raw("SELECT question_hash, n, p, r, flagged_at, cleared_at, cleared_reason FROM item_flags ORDER BY flagged_at, id").Scan(&rows).Error
	flags := map[string]*ItemFlag{}
	for _, r := range rows {
		f := &ItemFlag{N: r.N, Difficulty: rounded(float64(r.P) / full), FlaggedAt: r.FlaggedAt.UTC(), ClearedAt: timeOf(r.ClearedAt)}
		if r.R != nil {
			v := float64(*r.R) / 1000
			f.Discrimination = &v
		}
		if r.ClearedReason != nil {
			f.ClearedReason = *r.ClearedReason
		}
		flags[r.QuestionHash] = f
	}
	return flags, err
}

// questionVersion reads a version by its hash, nil when it is not there.
func questionVersion(tx *gorm.DB, hash string) (*curriculum.Question, error) {
	var doc string
	if err := tx.Raw("SELECT doc FROM question_versions WHERE hash = ?", hash).Scan(&doc).Error; err != nil || doc == "" {
		return nil, err
	}
	var q curriculum.Question
	if err := json.Unmarshal([]byte(doc), &q); err != nil {
		return nil, err
	}
	q.Hash = hash
	return &q, nil
}
