package school

import (
	"bytes"
	"context"
	_ "embed" // the list that ships with the program
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"gorm.io/gorm"

	"nhaso/models"
	"nhaso/models/people"
	"nhaso/models/place"
	"nhaso/models/store"
)

//go:embed todo.yaml
var shippedTodo []byte

// todoSetting is the settings row of a list that an operator has loaded.
const todoSetting = "school.todo"

// TodoItem is one line of the list as data.
type TodoItem struct {
	Key    string            `yaml:"key"`
	Roles  []models.Role     `yaml:"roles"`
	From   string            `yaml:"from"`  // "08-15", empty with Until: all year
	Until  string            `yaml:"until"` // the last day it is shown
	When   map[string]string `yaml:"when"`  // figure → ">0", "=0", "<30"; all must hold
	Count  string            `yaml:"count"` // the figure that "{n}" stands for
	Urgent bool              `yaml:"urgent"`
	Link   string            `yaml:"link"` // a page of the web app
	Title  TodoText          `yaml:"title"`
	Text   TodoText          `yaml:"text"`
}

// TodoText is a text in both languages.
type TodoText struct {
	VI string `yaml:"vi"`
	EN string `yaml:"en"`
}

var (
	todoKey  = regexp.MustCompile(`^[a-z][a-z0-9_]{2,39}$`)
	todoCond = regexp.MustCompile(`^([<>=])(\d{1,6})$`)
	todoLink = regexp.MustCompile(`^/[a-z0-9/_-]*$`)
	todoRole = []models.Role{models.RoleSchoolAdmin, models.RoleHead}
)

// maxTodo bounds a list.
const maxTodo = 100

// ParseTodo reads and checks a list. The error names the place, never more of
// the file than a key.
func ParseTodo(file []byte) ([]TodoItem, error) {
	if len(file) > 256<<10 {
		return nil, models.Fail(models.KindTooLarge, "too_large")
	}
	var list []TodoItem
	if err := yaml.NewDecoder(bytes.NewReader(file), yaml.Strict()).Decode(&list); err != nil {
		return nil, fmt.Errorf("to-do list: %w", err)
	}
	if len(list) == 0 || len(list) > maxTodo {
		return nil, fmt.Errorf("to-do list: %d items, 1 to %d are taken", len(list), maxTodo)
	}
	seen := map[string]bool{}
	for i, item := range list {
		if err := item.check(); err != nil {
			return nil, fmt.Errorf("to-do list: item %d (%.40s): %w", i+1, item.Key, err)
		}
		if seen[item.Key] {
			return nil, fmt.Errorf("to-do list: item %d (%s): the key is taken", i+1, item.Key)
		}
		seen[item.Key] = true
	}
	return list, nil
}

func (t TodoItem) check() error {
	figures := figureMap(Figures{})
	switch {
	case !todoKey.MatchString(t.Key):
		return fmt.Errorf("key: 3 to 40 of a-z, 0-9 and _, a letter first")
	case len(t.Roles) == 0 || slices.ContainsFunc(t.Roles, func(r models.Role) bool { return !slices.Contains(todoRole, r) }):
		return fmt.Errorf("roles: any of %v", todoRole)
	case (t.From == "") != (t.Until == "") || t.From != "" && (!monthDay(t.From) || !monthDay(t.Until)):
		return fmt.Errorf("from and until: both as month-day, \"08-15\", or neither")
	case !todoLink.MatchString(t.Link):
		return fmt.Errorf("link: a page of the web app, \"/school/staff\"")
	case t.Title.VI == "" || t.Title.EN == "" || len(t.Title.VI) > 300 || len(t.Title.EN) > 300:
		return fmt.Errorf("title: needed in vi and en, 300 bytes at most")
	case (t.Text.VI == "") != (t.Text.EN == "") || len(t.Text.VI) > 1000 || len(t.Text.EN) > 1000:
		return fmt.Errorf("text: in vi and en or in neither, 1000 bytes at most")
	}
	if _, known := figures[t.Count]; t.Count != "" && !known {
		return fmt.Errorf("count: there is no such figure")
	}
	for name, cond := range t.When {
		if _, known := figures[name]; !known {
			return fmt.Errorf("when: there is no such figure")
		}
		if !todoCond.MatchString(cond) {
			return fmt.Errorf("when %s: \">0\", \"=0\" or \"<30\"", name)
		}
	}
	return nil
}

// monthDay tells whether a text is a day of every leap year.
func monthDay(s string) bool {
	_, err := time.Parse(time.DateOnly, "2024-"+s)
	return err == nil
}

// figureMap names the numbers of figures as the API does.
func figureMap(f Figures) map[string]int {
	raw, _ := json.Marshal(f) // a struct of numbers and one text
	var all map[string]any
	_ = json.Unmarshal(raw, &all)
	numbers := map[string]int{}
	for name, v := range all {
		if n, ok := v.(float64); ok {
			numbers[name] = int(n)
		}
	}
	return numbers
}

// due tells whether an item is to be shown on a day with these figures.
func (t TodoItem) due(day string, figures map[string]int) bool {
	if t.From != "" {
		at := day[5:]
		inside := t.From <= at && at <= t.Until
		if t.From > t.Until { // across the turn of the year
			inside = at >= t.From || at <= t.Until
		}
		if !inside {
			return false
		}
	}
	for name, cond := range t.When {
		m := todoCond.FindStringSubmatch(cond)
		want, _ := strconv.Atoi(m[2]) // digits, checked
		have := figures[name]
		if m[1] == ">" && have <= want || m[1] == "<" && have >= want || m[1] == "=" && have != want {
			return false
		}
	}
	return true
}

// Todo is an item as it is shown.
type Todo struct {
	Key    string `json:"key"`
	Title  string `json:"title"`
	Text   string `json:"text"`
	Link   string `json:"link"`
	Urgent bool   `json:"urgent"`
}

// Todos answers what a school has to do now, as the caller's role has it and
// without what the caller has put off, urgent things first. The language is the
// context's. The error is NotFound for a school out of reach.
func (s *Schools) Todos(ctx context.Context, actor models.Actor, school models.ID) ([]Todo, error) {
	db := s.db.Read(ctx)
	if _, err := people.SchoolFor(db, actor, models.ActReadSchool, school); err != nil {
		return nil, err
	}
	items, err := todoItems(db)
	if err != nil {
		return nil, err
	}
	f, err := s.figures(db, school)
	if err != nil {
		return nil, err
	}
	today := s.clock.Today()
	var off []string
	err = db.Raw("SELECT item_key FROM school_todo_marks WHERE account_id = ? AND school_id = ? AND until_date > ?", actor.Account, school, today).Scan(&off).Error
	figures, list := figureMap(f), []Todo{}
	for _, t := range items {
		mine := slices.ContainsFunc(t.Roles, actor.HasRole)
		if !mine || slices.Contains(off, t.Key) || !t.due(today, figures) {
			continue
		}
		title, text := t.Title.VI, t.Text.VI
		if models.LangOf(ctx) == "en" {
			title, text = t.Title.EN, t.Text.EN
		}
		n := strconv.Itoa(figures[t.Count])
		list = append(list, Todo{Key: t.Key, Title: strings.ReplaceAll(title, "{n}", n), Text: strings.ReplaceAll(text, "{n}", n), Link: t.Link, Urgent: t.Urgent})
	}
	slices.SortStableFunc(list, func(a, b Todo) int {
		switch {
		case a.Urgent == b.Urgent:
			return 0
		case a.Urgent:
			return -1
		}
		return 1
	})
	return list, err
}

// todoItems reads the list that was loaded, or the one that ships.
func todoItems(db *gorm.DB) ([]TodoItem, error) {
	var loaded []string
	if err := db.Raw("SELECT value FROM settings WHERE name = ?", todoSetting).Scan(&loaded).Error; err != nil {
		return nil, err
	}
	if len(loaded) > 0 {
		return ParseTodo([]byte(loaded[0]))
	}
	return ParseTodo(shippedTodo)
}

// LoadTodo replaces the list of every school; an empty file brings back the one
// that ships. Errors: KindForbidden, or what is wrong with the file.
func (s *Schools) LoadTodo(ctx context.Context, actor models.Actor, file []byte) (items int, err error) {
	if _, err := models.Allow(actor, models.ActOperate); err != nil {
		return 0, err
	}
	if len(file) == 0 {
		list, err := ParseTodo(shippedTodo)
		if err != nil {
			return 0, err
		}
		return len(list), s.db.Tx(ctx, func(tx *gorm.DB) error {
			return tx.Exec("DELETE FROM settings WHERE name = ?", todoSetting).Error
		})
	}
	list, err := ParseTodo(file)
	if err != nil {
		return 0, err
	}
	return len(list), s.db.Tx(ctx, func(tx *gorm.DB) error {
		now := s.clock.Now()
		res := tx.Exec("UPDATE settings SET value = ?, updated_at = ? WHERE name = ?", string(file), now, todoSetting)
		if res.Error != nil || res.RowsAffected > 0 {
			return res.Error
		}
		err := tx.Exec("INSERT INTO settings (name, value, updated_at) VALUES (?, ?, ?)", todoSetting, string(file), now).Error
		if store.IsDuplicate(err) {
			return store.ErrRetry
		}
		return err
	})
}

// PutOffTodo hides an item from one account: for days (1 to 60), or with days 0
// until the next school year. Errors: NotFound for a school out of reach or an
// item that is not on the list; Invalid field body.days.
func (s *Schools) PutOffTodo(ctx context.Context, actor models.Actor, school models.ID, key string, days int) error {
	if days < 0 || days > 60 {
		return models.InvalidField("body.days", "out_of_range")
	}
	return s.db.Tx(ctx, func(tx *gorm.DB) error {
		if _, err := people.SchoolFor(tx, actor, models.ActReadSchool, school); err != nil {
			return err
		}
		items, err := todoItems(tx)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(items, func(t TodoItem) bool { return t.Key == key }) {
			return models.NotFound()
		}
		now := s.clock.Now()
		until := models.Day(now.AddDate(0, 0, days))
		if days == 0 {
			year := place.SchoolYear(models.Day(now))
			until = year[5:] + "-08-01"
		}
		res := tx.Exec("UPDATE school_todo_marks SET until_date = ?, marked_at = ? WHERE account_id = ? AND school_id = ? AND item_key = ?",
			until, now, actor.Account, school, key)
		if res.Error != nil || res.RowsAffected > 0 {
			return res.Error
		}
		err = tx.Exec("INSERT INTO school_todo_marks (account_id, school_id, item_key, until_date, marked_at) VALUES (?, ?, ?, ?, ?)",
			actor.Account, school, key, until, now).Error
		if store.IsDuplicate(err) {
			return store.ErrRetry
		}
		return err
	})
}
