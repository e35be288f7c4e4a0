package learning

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"gorm.io/gorm"

	"nhaso/curriculum"
	"nhaso/models"
	"nhaso/models/store"
)

// PlatformView is a digital platform of the reader's place.
type PlatformView struct {
	Key       string     `json:"key"`
	Name      string     `json:"name"`
	Kind      string     `json:"kind"` // app, web, phone, zalo, counter
	Purpose   string     `json:"purpose"`
	How       string     `json:"how"`
	Status    string     `json:"status"` // in_use, ask
	CheckedOn string     `json:"checked_on"`
	Source    SourceView `json:"source"`
}

// localSkill is the skill whose courses show the platforms of the place.
const localSkill = "local_platforms"

// courseFor answers the current version of a course as it is taught where the
// actor is: with the cards and platforms of the commune's pack, or of the
// province's, or as it stands where there is none. Questions are the same
// everywhere. NotFound for an unknown key.
func (l *Learning) courseFor(ctx context.Context, actor models.Actor, key string) (*course, error) {
	c, err := l.catalog.byKey(ctx, key)
	if err != nil {
		return nil, err
	}
	if packs := l.catalog.packsOf(c); len(packs) > 0 {
		at, err := l.homes.of(ctx, l, actor)
		if err != nil {
			return nil, err
		}
		if chain := curriculum.Chain(packs, at.commune, at.province); len(chain) > 0 {
			if c, err = l.catalog.localised(ctx, c, chain); err != nil {
				return nil, err
			}
		}
	}
	return l.catalog.spoken(ctx, c)
}

// spoken answers a course in the language asked for, or as it was written when
// nobody has translated it. Hashes of questions and of the course stay; what
// readers cache has another address.
func (c *catalog) spoken(ctx context.Context, v *course) (*course, error) {
	lang := models.LangOf(ctx)
	if lang == "" || len(v.Translations) == 0 {
		return v, nil
	}
	key := v.detail.Hash + "|" + lang
	c.mu.RLock()
	known := c.local[key]
	c.mu.RUnlock()
	if known != nil {
		return known, nil
	}
	full, ok := v.In(lang)
	if !ok {
		return v, nil
	}
	for i := range full.Lessons {
		full.Lessons[i].Hash = digestOf(full.Lessons[i].Hash + lang)
	}
	size, err := c.mediaSize(ctx, full.Images)
	if err != nil {
		return nil, err
	}
	out, err := prepare(full, size)
	if err != nil {
		return nil, err
	}
	out.detail.Platforms, out.detail.PlaceTitle, out.detail.PlaceTitleEN = v.detail.Platforms, v.detail.PlaceTitle, v.detail.PlaceTitleEN
	out.detail.Hash, out.summary.Hash = digestOf(key), digestOf(key)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.local[key] = out
	return out, nil
}

// speak puts a question of a course into the language asked for. Its hash, its
// keys and their order are the same in every language.
func (l *Learning) speak(ctx context.Context, c *course, s shown) (shown, error) {
	out, err := l.catalog.spoken(ctx, c)
	if err != nil || out == c {
		return s, err
	}
	if q := out.byHash[s.q.Hash]; q != nil {
		s.q = q
	}
	return s, nil
}

// packsOf answers all packs when any of them says something about the course.
func (c *catalog) packsOf(v *course) []curriculum.Pack {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if v.Skill == localSkill || slices.ContainsFunc(c.packs, func(p curriculum.Pack) bool {
		return slices.ContainsFunc(p.Cards, func(x curriculum.PackCard) bool { return x.Course == v.Key })
	}) {
		return c.packs
	}
	return nil
}

// localised builds a course with the cards of a chain of packs, once.
func (c *catalog) localised(ctx context.Context, base *course, chain []*curriculum.Pack) (*course, error) {
	key := base.Hash
	for _, p := range chain {
		key += "|" + p.Hash
	}
	c.mu.RLock()
	v := c.local[key]
	c.mu.RUnlock()
	if v != nil {
		return v, nil
	}
	full := *base.Course
	full.Lessons = slices.Clone(full.Lessons)
	full.Sources, full.Images = slices.Clone(full.Sources), slices.Clone(full.Images)
	for _, p := range chain {
		applyPack(&full, p)
	}
	size, err := c.mediaSize(ctx, full.Images)
	if err != nil {
		return nil, err
	}
	if v, err = prepare(&full, size); err != nil {
		return nil, err
	}
	v.place(chain, digestOf(key))
	c.mu.Lock()
	defer c.mu.Unlock()
	c.local[key] = v
	return v, nil
}

// applyPack puts a pack's cards, sources and pictures into a course that
// nobody else reads. Source ids are the pack's own: they get its key in front.
func applyPack(full *curriculum.Course, p *curriculum.Pack) {
	id := func(source string) string { return p.Key + "/" + source }
	for _, s := range p.Sources {
		s.ID = id(s.ID)
		full.Sources = append(full.Sources, s)
	}
	full.Images = append(full.Images, p.Images...)
	for i, lesson := range full.Lessons {
		before := map[string]bool{}
		for _, card := range lesson.Cards {
			before[card.Key] = true
		}
		lesson = p.Apply(full.Key, lesson)
		lesson.Sources = slices.Clone(lesson.Sources)
		for j, card := range lesson.Cards {
			if before[card.Key] && !isOf(p, card) {
				continue
			}
			card.Sources = slices.Clone(card.Sources)
			for k, s := range card.Sources {
				card.Sources[k] = id(s)
				if !slices.Contains(lesson.Sources, id(s)) {
					lesson.Sources = append(lesson.Sources, id(s))
				}
			}
			lesson.Cards[j] = card
		}
		lesson.Hash = lesson.ContentHash()
		full.Lessons[i] = lesson
	}
}

// isOf tells whether a card is one of the pack's own, also where it replaces a
// card under the same key.
func isOf(p *curriculum.Pack, card curriculum.Card) bool {
	return slices.ContainsFunc(p.Cards, func(x curriculum.PackCard) bool {
		return slices.ContainsFunc(x.Cards, func(own curriculum.Card) bool { return own.Key == card.Key && own.Text == card.Text })
	})
}

// place adds the platforms of a chain of packs to what readers get; a later
// pack's record replaces an earlier one of the same key.
func (c *course) place(chain []*curriculum.Pack, hash string) {
	c.detail.Hash, c.summary.Hash = hash, hash
	if c.Skill != localSkill {
		return
	}
	for _, p := range chain {
		c.detail.PlaceTitle, c.detail.PlaceTitleEN = p.Title, p.TitleEN
		for _, x := range p.Platforms {
			v := PlatformView{Key: x.Key, Name: x.Name, Kind: x.Kind, Purpose: x.Purpose, How: x.How, Status: x.Status, CheckedOn: x.CheckedOn}
			for _, s := range p.Sources {
				if s.ID == x.Source {
					v.Source = SourceView{s.Title, s.Publisher, s.Date, s.CheckedOn}
				}
			}
			c.detail.Platforms = slices.DeleteFunc(c.detail.Platforms, func(o PlatformView) bool { return o.Key == v.Key })
			c.detail.Platforms = append(c.detail.Platforms, v)
		}
	}
}

// words is an attempt in the language asked for, to be read only.
func (l *Learning) words(ctx context.Context, f *frozen) (*frozen, error) {
	c, err := l.catalog.spoken(ctx, f.course)
	if err != nil || c == f.course {
		return f, err
	}
	said := *f
	said.course, said.items = c, slices.Clone(f.items)
	for i, s := range said.items {
		if q := c.byHash[s.q.Hash]; q != nil {
			said.items[i].q = q
		}
	}
	return &said, nil
}

// whereabouts are the codes of a commune and its province.
type whereabouts struct{ commune, province string }

// homes remembers for a while where accounts are: a pupil by the school, staff
// by their class, school or area.
type homes struct {
	mu   sync.Mutex
	seen map[models.ID]whereabouts
	from time.Time
}

// homesFor is how long an answer is remembered; a pupil who changes school sees
// the new place's cards after it.
const homesFor = time.Minute

func (h *homes) of(ctx context.Context, l *Learning, actor models.Actor) (whereabouts, error) {
	now := l.clock.Now()
	h.mu.Lock()
	if now.Sub(h.from) > homesFor || now.Before(h.from) {
		h.seen, h.from = map[models.ID]whereabouts{}, now
	}
	at, known := h.seen[actor.Account]
	h.mu.Unlock()
	if known && !actor.Account.IsZero() {
		return at, nil
	}
	at, err := whereIs(l.db.Read(ctx), actor)
	if err != nil {
		return at, err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.seen[actor.Account] = at
	return at, nil
}

// whereIs finds the actor's commune: of the school of the live enrolment, of a
// grant's class or school, or the area of a grant itself.
func whereIs(db *gorm.DB, actor models.Actor) (whereabouts, error) {
	const school = " SELECT s.commune_id AS id FROM schools s "
	var from []string
	var args []any
	add := func(query string, arg any) { from, args = append(from, query), append(args, arg) }
	if !actor.Person.IsZero() {
		add(school+"JOIN enrolments e ON e.school_id = s.id AND e.live = 1 WHERE e.person_id = ?", actor.Person)
	}
	for _, g := range actor.Grants {
		switch g.Scope {
		case models.ScopeClass:
			add(school+"JOIN school_classes c ON c.school_id = s.id WHERE c.id = ?", g.At)
		case models.ScopeSchool:
			add(school+"WHERE s.id = ?", g.At)
		case models.ScopeArea:
			add(" SELECT a.id AS id FROM areas a WHERE a.id = ?", g.At)
		}
	}
	if len(from) == 0 {
		return whereabouts{}, nil
	}
	var rows []struct{ Level, Code, Province string }
	err := db.Raw(`SELECT a.level, a.code, COALESCE(p.code, '') AS province FROM areas a LEFT JOIN areas p ON p.id = a.province_id
		WHERE a.id IN (`+strings.Join(from, " UNION ")+`) ORDER BY a.level, a.code LIMIT 1`, args...).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return whereabouts{}, err
	}
	if rows[0].Level == "province" {
		return whereabouts{province: rows[0].Code}, nil
	}
	return whereabouts{commune: rows[0].Code, province: rows[0].Province}, nil
}

// loadPacks reads the current packs.
func (c *catalog) loadPacks(ctx context.Context) ([]curriculum.Pack, error) {
	var rows []struct{ PackKey, Doc string }
	if err := c.db.Read(ctx).Raw("SELECT pack_key, doc FROM place_packs ORDER BY pack_key").Scan(&rows).Error; err != nil {
		return nil, err
	}
	packs := make([]curriculum.Pack, len(rows))
	for i, r := range rows {
		if err := json.Unmarshal([]byte(r.Doc), &packs[i]); err != nil {
			return nil, fmt.Errorf("pack %s: %w", r.PackKey, err)
		}
	}
	return packs, nil
}

// publishPack makes a pack the current one of its key.
func (l *Learning) publishPack(tx *gorm.DB, p *curriculum.Pack) (changed bool, err error) {
	var current []string
	if err := tx.Raw("SELECT hash FROM place_packs WHERE pack_key = ?", p.Key).Scan(&current).Error; err != nil {
		return false, err
	}
	if len(current) > 0 && current[0] == p.Hash {
		return false, nil
	}
	if _, err := writeMedia(tx, p.Images); err != nil {
		return false, err
	}
	doc, err := json.Marshal(p)
	if err != nil {
		return false, err
	}
	now := l.clock.Now()
	if len(current) == 0 {
		return true, retryDuplicate(tx.Exec("INSERT INTO place_packs (pack_key, area_code, hash, doc, updated_at) VALUES (?, ?, ?, ?, ?)",
			p.Key, p.Area, p.Hash, string(doc), now).Error)
	}
	return true, store.One(tx.Exec("UPDATE place_packs SET area_code = ?, hash = ?, doc = ?, updated_at = ? WHERE pack_key = ? AND hash = ?",
		p.Area, p.Hash, string(doc), now, p.Key, current[0]), store.ErrRetry)
}

// RemovePack takes a pack back: its place sees the courses as they stand. The
// actor needs the action operate. NotFound for an unknown key.
func (l *Learning) RemovePack(ctx context.Context, actor models.Actor, key string) error {
	if _, err := models.Allow(actor, models.ActOperate); err != nil {
		return err
	}
	err := l.db.Tx(ctx, func(tx *gorm.DB) error {
		return store.One(tx.Exec("DELETE FROM place_packs WHERE pack_key = ?", key), models.NotFound())
	})
	l.catalog.forget()
	return err
}

func digestOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
