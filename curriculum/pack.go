package curriculum

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"sync"
	"time"
)

// Pack is what a province or a commune adds to the courses: its own platforms, and cards that override or add. Packs
// are published like courses, without a release of the program. Hash changes with any word or picture of the pack.
type Pack struct {
	Key       string     `json:"key"`
	Area      string     `json:"area"` // code of the province or commune
	Title     string     `json:"title"`
	TitleEN   string     `json:"title_en"`
	Extends   string     `json:"extends,omitempty"` // the pack that comes first
	CheckedOn string     `json:"checked_on"`
	Sources   []Source   `json:"sources"`
	Platforms []Platform `json:"platforms"`
	Cards     []PackCard `json:"cards,omitempty"`
	Images    []Image    `json:"images"`
	Hash      string     `json:"hash,omitempty"`
}

// Platform is one digital platform of a place. Status is in_use (seen to work on CheckedOn) or ask (may have changed).
type Platform struct {
	Key       string `json:"key"`
	Name      string `json:"name"`
	Kind      string `json:"kind"` // app, web, phone, zalo, counter
	Purpose   string `json:"purpose"`
	How       string `json:"how"`
	Status    string `json:"status"`
	CheckedOn string `json:"checked_on"`
	Source    string `json:"source"`
}

// PackCard puts Cards before, after or in place of a card of a lesson.
type PackCard struct {
	Course string `json:"course"`
	Lesson string `json:"lesson"`
	At     string `json:"at"` // before, after, replace
	Card   string `json:"card"`
	Cards  []Card `json:"cards"`
}

// Apply answers the lesson with the pack's cards. The lesson itself stays as it is. A card that the course no longer
// has is passed over: courses are published without asking every commune.
func (p *Pack) Apply(courseKey string, lesson Lesson) Lesson {
	lesson.Cards = slices.Clone(lesson.Cards)
	for _, add := range p.Cards {
		at := slices.IndexFunc(lesson.Cards, func(c Card) bool { return c.Key == add.Card })
		if add.Course != courseKey || add.Lesson != lesson.Key || at < 0 {
			continue
		}
		from, to := at, at
		switch add.At {
		case "after":
			from, to = at+1, at+1
		case "replace":
			to = at + 1
		}
		lesson.Cards = slices.Replace(lesson.Cards, from, to, add.Cards...)
	}
	return lesson
}

// Chain orders the packs of a place: the pack of its commune, or else of its province, after those it extends. It is
// empty where nobody has made one.
func Chain(packs []Pack, commune, province string) []*Pack {
	find := func(fits func(*Pack) bool) *Pack {
		for i := range packs {
			if fits(&packs[i]) {
				return &packs[i]
			}
		}
		return nil
	}
	p := find(func(p *Pack) bool { return commune != "" && p.Area == commune })
	if p == nil {
		p = find(func(p *Pack) bool { return province != "" && p.Area == province })
	}
	var chain []*Pack
	for p != nil && !slices.Contains(chain, p) {
		chain = append(chain, p)
		base := p.Extends
		p = find(func(p *Pack) bool { return base != "" && p.Key == base })
	}
	slices.Reverse(chain)
	return chain
}

// packFile is pack.yaml: cards are still file names.
type packFile struct {
	Pack
	Cards []struct {
		PackCard
		File string `json:"file"`
	} `json:"cards"`

	doc *document
}

var packName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// packs loads every folder below packs/.
func (l *loader) packs(catalog *Catalog) []Pack {
	var files []*packFile
	for _, name := range l.folder("packs", func(name string, dir bool) bool { return dir && packName.MatchString(name) }) {
		if p := l.pack("packs/"+name, name, catalog); p != nil {
			files = append(files, p)
		}
	}
	areas := map[string]bool{}
	var out []Pack
	for _, p := range files {
		if areas[p.Area] {
			l.add(p.doc.at("/area", "another pack is for area %s already", p.Area))
		}
		areas[p.Area] = true
		l.add(checkExtends(p, files)...)
		p.Hash = hashJSON(p.Pack)
		out = append(out, p.Pack)
	}
	slices.SortFunc(out, func(a, b Pack) int { return cmp.Compare(a.Key, b.Key) })
	return out
}

// checkExtends refuses a pack that extends nothing known, or in a circle itself.
func checkExtends(p *packFile, all []*packFile) []Problem {
	seen := map[string]bool{p.Key: true}
	for next := p.Extends; next != ""; {
		if seen[next] {
			return []Problem{p.doc.at("/extends", "packs extend each other in a circle: %s", next)}
		}
		seen[next] = true
		i := slices.IndexFunc(all, func(o *packFile) bool { return o.Key == next })
		if i < 0 {
			return []Problem{p.doc.at("/extends", "there is no pack %q", next)}
		}
		next = all[i].Extends
	}
	return nil
}

func (l *loader) pack(dir, name string, catalog *Catalog) *packFile {
	l.folder(dir, func(name string, isDir bool) bool {
		return name == "pack.yaml" && !isDir || isDir && (name == "cards" || name == "images")
	})
	p := &packFile{}
	var ok bool
	if p.doc, ok = l.part(dir+"/pack.yaml", packSchema, p); !ok {
		return nil
	}
	if p.Key != name {
		l.add(p.doc.at("/key", "key must be the name of the folder, %q", name))
	}
	pictures := l.pictures(dir)
	used := map[string]bool{}
	for i, add := range p.Cards {
		card := add.PackCard
		used[add.File] = true
		at := fmt.Sprintf("/cards/%d", i)
		l.add(l.placed(p.doc, at, card, catalog)...)
		if text, ok := l.text(dir + "/" + add.File); ok {
			cards, problems := parseCards(dir+"/"+add.File, text, 1, pictures)
			if len(cards) == 0 && len(problems) == 0 {
				problems = []Problem{p.doc.at(at+"/file", "%s has no cards", add.File)}
			}
			l.add(problems...)
			card.Cards = cards
		}
		p.Pack.Cards = append(p.Pack.Cards, card)
	}
	for _, file := range l.folder(dir+"/cards", func(name string, isDir bool) bool { return !isDir && path.Ext(name) == ".md" }) {
		if !used["cards/"+file] {
			l.add(Problem{File: dir + "/cards/" + file, Line: 1, Reason: "is not listed under cards in pack.yaml"})
		}
	}
	l.add(p.check()...)
	l.add(p.checkAge(l.today)...)
	p.Images = pictures.list()
	return p
}

// check looks at platforms and sources.
func (p *packFile) check() (out []Problem) {
	keys := map[string]bool{}
	known := func(id string) bool { return slices.ContainsFunc(p.Sources, func(s Source) bool { return s.ID == id }) }
	for i, x := range p.Platforms {
		at := fmt.Sprintf("/platforms/%d", i)
		if keys[x.Key] {
			out = append(out, p.doc.at(at+"/key", "platform %q stands here twice", x.Key))
		}
		keys[x.Key] = true
		if !known(x.Source) {
			out = append(out, p.doc.at(at+"/source", "the pack has no source %q", x.Source))
		}
	}
	for _, add := range p.Pack.Cards {
		for _, card := range add.Cards {
			for _, id := range card.Sources {
				if !known(id) {
					out = append(out, p.doc.at("/cards", "card %q: the pack has no source %q", card.Key, id))
				}
			}
		}
	}
	return out
}

// checkAge warns of a pack or platform that nobody has looked at for a year.
func (p *packFile) checkAge(today time.Time) (out []Problem) {
	if today.IsZero() {
		return nil
	}
	limit := today.AddDate(-staleAfter, 0, 0).Format(time.DateOnly)
	for i, x := range p.Platforms {
		if x.CheckedOn < limit {
			w := p.doc.at(fmt.Sprintf("/platforms/%d", i), "platform %q was last checked on %s, more than a year ago", x.Key, x.CheckedOn)
			w.Warning = true
			out = append(out, w)
		}
	}
	return out
}

// embedded is the program's own courses: a folder that holds packs alone is checked against them.
var embedded = sync.OnceValue(func() *Catalog {
	l := &loader{fsys: Content()}
	catalog := &Catalog{}
	for _, skill := range Skills() {
		for _, level := range Levels() {
			if dir := skill + "/" + level; l.exists(dir) {
				if c := l.course(dir); c != nil {
					catalog.Courses = append(catalog.Courses, *c)
				}
			}
		}
	}
	return catalog
})

// referred finds the course that a pack or drill speaks of: of the folder, or of the program when the folder has none at
// all. unread says that the folder has it, with faults of its own: what is told of it is checked once they are mended.
func (l *loader) referred(catalog *Catalog, key string) (c *Course, unread bool) {
	if c, ok := catalog.Course(key); ok {
		return c, false
	}
	alone := true
	for _, skill := range Skills() {
		if !l.exists(skill) {
			continue
		}
		alone = false
		for _, level := range Levels() {
			if skill+"-"+level == key && l.exists(skill+"/"+level) {
				return nil, true
			}
		}
	}
	if !alone {
		return nil, false
	}
	c, _ = embedded().Course(key)
	return c, false
}

// placed makes sure that the card a pack refers to is there.
func (l *loader) placed(doc *document, at string, card PackCard, catalog *Catalog) []Problem {
	c, unread := l.referred(catalog, card.Course)
	if unread {
		return nil
	}
	if c == nil {
		return []Problem{doc.at(at+"/course", "there is no course %q", card.Course)}
	}
	for _, lesson := range c.Lessons {
		if lesson.Key != card.Lesson {
			continue
		}
		if slices.ContainsFunc(lesson.Cards, func(x Card) bool { return x.Key == card.Card }) {
			return nil
		}
		return []Problem{doc.at(at+"/card", "lesson %q has no card %q", card.Lesson, card.Card)}
	}
	return []Problem{doc.at(at+"/lesson", "course %q has no lesson %q", card.Course, card.Lesson)}
}
