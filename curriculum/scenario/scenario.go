// Package scenario is practice that is scored on actions, not on opinions.
//
// A scenario is data: screens, the actions a person can take on them, what each action does to the state, and a rubric
// over the log of actions. Replay runs a log through the state machine and Grade scores what came out; both are pure, so
// the server's score and the browser's (frontend/src/lib/scenario/engine.ts) are the same for the same log. The format
// for authors is described in docs/authoring.md.
package scenario

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// The modes of play: one file serves all three.
const (
	Guided   = "guided"   // the coach says at every step what to do and why
	Assisted = "assisted" // the coach answers when asked
	Alone    = "alone"    // no coach: the only mode that counts for the certificate
)

// Modes lists the modes from most to least help.
func Modes() []string { return []string{Guided, Assisted, Alone} }

// Scenario is one practice scenario. All texts are plain; {name} in a text stands for the value of a state variable,
// {name:đ} for the same as an amount of money.
type Scenario struct {
	Key         string   `json:"key"`
	Course      string   `json:"course"` // key of the course it belongs to, written by the loader
	Title       string   `json:"title"`
	TitleEN     string   `json:"title_en"`
	Summary     string   `json:"summary"`
	SummaryEN   string   `json:"summary_en"`
	Minutes     int      `json:"minutes"`
	Objective   string   `json:"objective"`
	Competences []string `json:"competences"`
	Sources     []string `json:"sources"`
	CheckedOn   string   `json:"checked_on"`
	Story       string   `json:"story"` // who and where, before it begins
	Task        []string `json:"task"`  // what is to be done, a line each
	// State holds the initial value of every variable of the author's own.
	State map[string]Value `json:"state"`
	// Variants change initial values, so that the second play is not the first. PickVariant chooses.
	Variants []Variant `json:"variants"`
	Start    string    `json:"start"` // key of the first screen
	Screens  []Screen  `json:"screens"`
	Lures    []Lure    `json:"lures"`
	Rubric   Rubric    `json:"rubric"`
	Coach    []Tip     `json:"coach"`
	// Solutions and Failures are example logs: the checker replays them, tests play them. They never leave the server.
	Solutions []Example `json:"solutions,omitempty"`
	Failures  []Example `json:"failures,omitempty"`
	Hash      string    `json:"hash,omitempty"`
}

// Value is the value of a state variable: a flag ("1" or "0"), a whole number or a short text, always as text.
type Value string

// UnmarshalJSON takes true, false, whole numbers and strings.
func (v *Value) UnmarshalJSON(data []byte) error {
	var raw any
	if err := json.Unmarshal(data, &raw); err != nil {
		return err
	}
	switch raw := raw.(type) {
	case bool:
		*v = "0"
		if raw {
			*v = "1"
		}
	case string:
		*v = Value(raw)
	case float64:
		if raw != float64(int64(raw)) || raw > limit || raw < -limit {
			return fmt.Errorf("%v is not a whole number within ±%d", raw, int64(limit))
		}
		*v = Value(strconv.FormatInt(int64(raw), 10))
	default:
		return fmt.Errorf("a value is true, false, a whole number or a text")
	}
	return nil
}

// limit bounds the numbers of a scenario: they are exact in a browser too.
const limit = 1_000_000_000

// Variant is a set of initial values.
type Variant struct {
	Key string           `json:"key"`
	Set map[string]Value `json:"set"`
}

// Screen is what is on the invented phone. App is the look: portal, shop, bank, inbox, chat, call, browser, camera,
// feed, app, paper.
type Screen struct {
	Key      string    `json:"key"`
	App      string    `json:"app"`
	Title    string    `json:"title"`
	Address  string    `json:"address,omitempty"` // shown in an address bar
	Elements []Element `json:"elements"`
	Actions  []Action  `json:"actions,omitempty"`
}

// Element is a part of a screen. Which fields it takes depends on Kind: text, note, image, row, item, message, review,
// link, qr, field.
type Element struct {
	Key     string `json:"key,omitempty"`
	Kind    string `json:"kind"`
	When    string `json:"when,omitempty"` // shown only then
	Title   string `json:"title,omitempty"`
	Text    string `json:"text,omitempty"`
	Label   string `json:"label,omitempty"`
	Value   string `json:"value,omitempty"`
	From    string `json:"from,omitempty"`
	Time    string `json:"time,omitempty"`
	Mine    bool   `json:"mine,omitempty"` // a message that the pupil's person has sent
	Address string `json:"address,omitempty"`
	Image   string `json:"image,omitempty"` // content address of a picture of the course
	Alt     string `json:"alt,omitempty"`
	Rating  int    `json:"rating,omitempty"` // 1 to 5 stars of a review
	// Inspect is what a closer look shows: the address behind a link, the sender's number. Looking sets saw.<key>.
	Inspect string `json:"inspect,omitempty"`
	// Sign ties the element to a lure: what is to be seen here, told in the replay.
	Sign *Sign `json:"sign,omitempty"`
	// Input, Options, Into and Accept belong to a field: choice, check, number or text. What is entered goes into the
	// variable Into. A text is compared without marks, case, spaces and signs; what is not accepted becomes "other".
	Input   string   `json:"input,omitempty"`
	Options []Choice `json:"options,omitempty"`
	Into    string   `json:"into,omitempty"`
	Accept  []Accept `json:"accept,omitempty"`
	Actions []Action `json:"actions,omitempty"`
}

// Sign says what an element gives away about a lure, or what shows that something is genuine.
type Sign struct {
	Lure string `json:"lure"`
	Text string `json:"text"`
}

// Choice is an option of a choice field.
type Choice struct {
	Key  string `json:"key"`
	Text string `json:"text"`
}

// Accept maps the ways to type something onto one value.
type Accept struct {
	Value string   `json:"value"`
	Texts []string `json:"texts"`
}

// Action is something that can be done. It is there only while When holds. While Need does not hold, doing it only
// shows NeedSay. Then its Set and Add are applied, after them the first Branch whose When holds.
type Action struct {
	Key     string           `json:"key"`
	Label   string           `json:"label"`
	Look    string           `json:"look,omitempty"` // primary, plain (default), danger, back
	When    string           `json:"when,omitempty"`
	Need    string           `json:"need,omitempty"`
	NeedSay string           `json:"need_say,omitempty"`
	Confirm string           `json:"confirm,omitempty"` // asked before it is done
	Set     map[string]Value `json:"set,omitempty"`
	Add     map[string]int   `json:"add,omitempty"`
	Goto    string           `json:"goto,omitempty"`
	Say     string           `json:"say,omitempty"` // what happens, shown at once
	End     bool             `json:"end,omitempty"`
	Then    []Branch         `json:"then,omitempty"`
}

// Branch is what an action does besides, under a condition.
type Branch struct {
	When string           `json:"when,omitempty"`
	Set  map[string]Value `json:"set,omitempty"`
	Add  map[string]int   `json:"add,omitempty"`
	Goto string           `json:"goto,omitempty"`
	Say  string           `json:"say,omitempty"`
	End  bool             `json:"end,omitempty"`
}

// Lure is something that tries to trick, graded by how hard it is to spot (easy, medium, hard), or, with Legit,
// something genuine that must not be rejected. The conditions are looked at when the run has ended.
type Lure struct {
	Key        string `json:"key"`
	Difficulty string `json:"difficulty,omitempty"`
	Legit      bool   `json:"legit,omitempty"`
	Text       string `json:"text"`               // what it really was, told in the replay
	Spotted    string `json:"spotted,omitempty"`  // a lure: recognised
	Fell       string `json:"fell,omitempty"`     // a lure: fallen for
	Rejected   string `json:"rejected,omitempty"` // genuine: wrongly rejected
}

// Rubric is how a run is scored. PassPercent (1–100) of the points are needed, every task, and no critical error.
type Rubric struct {
	PassPercent int         `json:"pass_percent"`
	Critical    []Criterion `json:"critical"`
	Tasks       []Criterion `json:"tasks"`
	Habits      []Criterion `json:"habits"`
}

// Criterion is one line of the rubric: it is met when When holds at the end. Text tells what that means; Missing, of a
// task or habit, what to do next time. Points of a critical error are not used.
type Criterion struct {
	Key     string `json:"key"`
	When    string `json:"when"`
	Text    string `json:"text"`
	Missing string `json:"missing,omitempty"`
	Points  int    `json:"points,omitempty"` // default: tasks 2, habits 1
}

// Tip is what the coach says on a screen (any, if empty) while When holds; the first that fits is shown. Point names
// the action or element meant.
type Tip struct {
	Screen string `json:"screen,omitempty"`
	When   string `json:"when,omitempty"`
	Say    string `json:"say"`
	Point  string `json:"point,omitempty"`
}

// Example is a log as authors write it: an action's key, saw.<element>, or set.<field>=value.
type Example struct {
	Variant string   `json:"variant"`
	Log     []string `json:"log"`
	Expect  string   `json:"expect,omitempty"` // of a failure: the critical error, task or lure that fails it
}

// ForPlay is the scenario as a browser gets it: without the example logs.
func (s Scenario) ForPlay() Scenario {
	s.Solutions, s.Failures = nil, nil
	return s
}

// PickVariant chooses the variant of a run by its id, so that a run can begin without the network and the server still
// knows which variant it must have been.
func (s *Scenario) PickVariant(run [16]byte) string {
	n := uint32(run[12])<<24 | uint32(run[13])<<16 | uint32(run[14])<<8 | uint32(run[15])
	return s.Variants[n%uint32(len(s.Variants))].Key
}

// QRText is what the QR code of an element holds. The scheme is our own: no bank's or wallet's reader takes it for a
// payment (a VietQR payload is EMV text that begins with 000201; see qr_test.go).
func (s *Scenario) QRText(e Element) string { return "NHASO-MO-PHONG/1 " + s.Key + " " + e.Value }
