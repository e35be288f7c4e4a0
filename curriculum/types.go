// Package curriculum reads the course content: plain files that teachers can edit, checked as strictly as code.
//
// Load turns a file tree into a Catalog, or into a list of Problems, each with its file, line and reason. The format is
// described for authors in docs/authoring.md and for programs in the JSON Schemas of the schema folder. The content that
// ships with the program is embedded; see Content.
package curriculum

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"nhaso/curriculum/scenario"
)

// Skills lists the five basic digital skills in the order in which they are shown.
// The codes are fixed (design, section 1): certificates and coverage refer to them.
func Skills() []string {
	return []string{"public_services", "online_shopping", "online_payment", "self_protection", "local_platforms"}
}

// Levels lists the school levels that courses are written for: thcs (grades 6–9) and thpt (grades 10–12).
func Levels() []string { return []string{"thcs", "thpt"} }

// Problem is one finding of the checker. File is the path below the content folder. Line counts from 1; it is 0 only
// where there is no text to point at: a missing file, a folder or a picture. A Warning does not stop the catalog.
type Problem struct {
	File    string `json:"file"`
	Line    int    `json:"line"`
	Reason  string `json:"reason"`
	Warning bool   `json:"warning"`
}

// Catalog is all loaded courses, ordered by skill and level, with the packs of provinces and communes and the drills.
type Catalog struct {
	Courses []Course `json:"courses"`
	Packs   []Pack   `json:"packs,omitempty"`
	Drills  []Drill  `json:"drills,omitempty"`
}

// Course finds a course by its key, "<skill>-<level>".
func (c *Catalog) Course(key string) (*Course, bool) {
	for i := range c.Courses {
		if c.Courses[i].Key == key {
			return &c.Courses[i], true
		}
	}
	return nil, false
}

// Course is one skill at one school level. Hash is its content address: it changes with any word of the course.
type Course struct {
	Key         string      `json:"key"`
	Skill       string      `json:"skill"`
	Level       string      `json:"level"`
	Title       string      `json:"title"`
	TitleEN     string      `json:"title_en"`
	Summary     string      `json:"summary"`
	SummaryEN   string      `json:"summary_en"`
	Goals       []string    `json:"goals"`
	GoalsEN     []string    `json:"goals_en"`
	CheckedOn   string      `json:"checked_on"`
	Competences []string    `json:"competences"`
	Sources     []Source    `json:"sources"`
	Glossary    []Term      `json:"glossary"`
	Objectives  []Objective `json:"objectives"`
	Lessons     []Lesson    `json:"lessons"`
	Questions   []Question  `json:"questions"`
	Quiz        Quiz        `json:"quiz"`
	Images      []Image     `json:"images"`
	// Scenarios, Plans and Leaflet are missing from the JSON of a course without them.
	Scenarios []scenario.Scenario `json:"scenarios,omitempty"`
	Plans     []Plan              `json:"plans,omitempty"`
	Leaflet   *Leaflet            `json:"leaflet,omitempty"`
	// Translations are what In reads.
	Translations []Translation `json:"translations,omitempty"`
	Hash         string        `json:"hash,omitempty"`
}

// Scenario finds a practice scenario of the course by its key.
func (c *Course) Scenario(key string) (*scenario.Scenario, bool) {
	for i := range c.Scenarios {
		if c.Scenarios[i].Key == key {
			return &c.Scenarios[i], true
		}
	}
	return nil, false
}

// Plan is one period of 45 minutes for the teacher. Lessons are keys of the course's lessons; each step says what to do
// without the network as well.
type Plan struct {
	Key            string     `json:"key"`
	Title          string     `json:"title"`
	TitleEN        string     `json:"title_en"`
	Lessons        []string   `json:"lessons"`
	Goals          []string   `json:"goals"`
	Prepare        []string   `json:"prepare"`
	PrepareOffline []string   `json:"prepare_offline"`
	Steps          []PlanStep `json:"steps"`
	Check          string     `json:"check"` // how the teacher sees that it was learnt
	Home           string     `json:"home"`  // what goes home to the family
}

// PlanStep is a part of a period. Minutes of all steps add up to PlanMinutes.
type PlanStep struct {
	Minutes int    `json:"minutes"`
	Name    string `json:"name"`
	Teacher string `json:"teacher"`
	Pupils  string `json:"pupils"`
	Offline string `json:"offline"`
}

// PlanMinutes is the length of a period in lower and upper secondary schools.
const PlanMinutes = 45

// Leaflet is one page for the family.
type Leaflet struct {
	Title   string         `json:"title"`
	TitleEN string         `json:"title_en"`
	Lead    string         `json:"lead"`
	Points  []LeafletPoint `json:"points"`
	Tonight []string       `json:"tonight"` // what to do this evening
	Ask     string         `json:"ask"`     // whom to ask
	Sources []string       `json:"sources,omitempty"`
}

// LeafletPoint is a paragraph of a leaflet with its heading.
type LeafletPoint struct {
	Title string `json:"title"`
	Text  string `json:"text"`
}

// Source says where a fact comes from. Date may be a year, a month or a day; CheckedOn is the day somebody last
// compared the lesson with the source. Both are written as ISO 8601.
type Source struct {
	ID        string `json:"id"`
	Title     string `json:"title"`
	Publisher string `json:"publisher"`
	Date      string `json:"date"`
	CheckedOn string `json:"checked_on"`
}

// Term is a glossary entry.
type Term struct {
	Term      string `json:"term"`
	Meaning   string `json:"meaning"`
	MeaningEN string `json:"meaning_en"`
}

// Objective is one thing that the pupil can do after the course. Every question belongs to one.
type Objective struct {
	Key         string   `json:"key"`
	Text        string   `json:"text"`
	TextEN      string   `json:"text_en"`
	Competences []string `json:"competences"`
}

// Quiz is the blueprint of the course's quiz: Minutes allowed (1–120), PassPercent needed (1–100), and how many
// questions of each objective are drawn.
type Quiz struct {
	Minutes     int    `json:"minutes"`
	PassPercent int    `json:"pass_percent"`
	Slots       []Slot `json:"slots"`
}

// Slot asks for Count questions of one objective.
type Slot struct {
	Objective string `json:"objective"`
	Count     int    `json:"count"`
}

// Lesson is an ordered run of cards followed by practice. Practice holds question keys of the same course.
type Lesson struct {
	Key         string   `json:"key"`
	Title       string   `json:"title"`
	TitleEN     string   `json:"title_en"`
	Goal        string   `json:"goal"`
	GoalEN      string   `json:"goal_en"`
	Minutes     int      `json:"minutes"`
	Competences []string `json:"competences"`
	Sources     []string `json:"sources"`
	Practice    []string `json:"practice"`
	CheckedOn   string   `json:"checked_on"`
	Cards       []Card   `json:"cards"`
	Hash        string   `json:"hash,omitempty"`
}

// Card is one screen. HTML is sanitised and holds the body without picture and action, which stand in their own
// fields. Text is the same body as plain lines, for reading aloud. Action is the card's "do it now", plain text, or empty.
type Card struct {
	Key    string   `json:"key"`
	Title  string   `json:"title"`
	HTML   string   `json:"html"`
	Text   string   `json:"text"`
	Action string   `json:"action,omitempty"`
	Image  *Picture `json:"image,omitempty"`
	// Sources are ids of the course's sources for what this card states.
	Sources []string `json:"sources,omitempty"`
	// Audio is the content address of a recording of the card; empty: the device's own voice reads it.
	Audio string `json:"audio,omitempty"`
}

// Picture refers to an Image of the course. Src is a content address: the same name always means the same bytes.
type Picture struct {
	Src string `json:"src"`
	Alt string `json:"alt"`
}

// Image is a picture file. Src is the first 16 hex digits of the SHA-256 of Data, a dot and the extension; Type is the
// media type. Data stays out of JSON: the hash in Src stands for it.
type Image struct {
	Src  string `json:"src"`
	Type string `json:"type"`
	Data []byte `json:"-"`
}

// Question is one item. Kind is single, multiple, order, match, true_false or spot; Use is both, practice, quiz or
// placement; Difficulty runs from 1 to 3. Stem is sanitised inline HTML; all other texts are plain.
//
//   - single, multiple: Options; true_false: Answer, WrongFeedback and Options, the reasons for the right verdict
//   - order: Options in the right order
//   - match: Pairs, and in Extra right-hand sides that belong to no pair
//   - spot: Message, or Image with Spots
//
// The value carries the answers: what is sent to a pupil must be cut down first.
type Question struct {
	Key           string   `json:"key"`
	Kind          string   `json:"kind"`
	Objective     string   `json:"objective"`
	Use           string   `json:"use"`
	Difficulty    int      `json:"difficulty"`
	Stem          string   `json:"stem"`
	Hints         []string `json:"hints"`
	Explain       string   `json:"explain"`
	WorkedExample string   `json:"worked_example,omitempty"`
	Twin          string   `json:"twin,omitempty"`   // the practice question that follows the worked example
	Lesson        string   `json:"lesson,omitempty"` // of a placement question: the lesson it may save
	Competences   []string `json:"competences"`
	Sources       []string `json:"sources"`
	Image         *Picture `json:"image,omitempty"`
	Options       []Option `json:"options,omitempty"`
	Answer        *bool    `json:"answer,omitempty"`
	WrongFeedback string   `json:"wrong_feedback,omitempty"`
	Pairs         []Pair   `json:"pairs,omitempty"`
	Extra         []Option `json:"extra,omitempty"`
	Message       *Message `json:"message,omitempty"`
	Spots         []Spot   `json:"spots,omitempty"`
	Hash          string   `json:"hash,omitempty"`
}

// Practised tells whether the question may be practised, which explains its answer.
func (q *Question) Practised() bool { return q.Use == "both" || q.Use == "practice" }

// Quizzed tells whether the quiz may draw the question.
func (q *Question) Quizzed() bool { return q.Use == "both" || q.Use == "quiz" }

// Option is a choice of single and multiple, a reason of true_false, an item of order or a distractor of match.
type Option struct {
	Key      string `json:"key"`
	Text     string `json:"text"`
	Correct  bool   `json:"correct"`
	Feedback string `json:"feedback,omitempty"`
}

// Pair is a left side with its right side. Feedback is shown when this left side was matched wrongly.
type Pair struct {
	Key      string `json:"key"`
	Left     string `json:"left"`
	Right    string `json:"right"`
	Feedback string `json:"feedback"`
}

// Message is a made-up message to be examined. Channel is sms, chat, email, call, web or qr.
type Message struct {
	Channel string `json:"channel"`
	Sender  string `json:"sender"`
	Time    string `json:"time,omitempty"`
	Parts   []Part `json:"parts"`
}

// Part is a piece of a message. Sign says that it is a warning sign.
type Part struct {
	Key      string `json:"key"`
	Text     string `json:"text"`
	Sign     bool   `json:"sign"`
	Feedback string `json:"feedback"`
}

// Spot is a rectangle on a picture, in percent of its width and height from the top left corner.
type Spot struct {
	Key      string  `json:"key"`
	X        float64 `json:"x"`
	Y        float64 `json:"y"`
	W        float64 `json:"w"`
	H        float64 `json:"h"`
	Label    string  `json:"label"`
	Sign     bool    `json:"sign"`
	Feedback string  `json:"feedback"`
}

// ContentHash is the SHA-256, in hex, of the course's JSON without Hash itself.
func (c Course) ContentHash() string { c.Hash = ""; return hashJSON(c) }

// ContentHash is the SHA-256, in hex, of the lesson's JSON without Hash itself.
func (l Lesson) ContentHash() string { l.Hash = ""; return hashJSON(l) }

// ContentHash is the SHA-256, in hex, of the question's JSON without Hash itself.
func (q Question) ContentHash() string { q.Hash = ""; return hashJSON(q) }

// hashJSON relies on encoding/json writing struct fields in their order of declaration: with no maps in the types, the
// text is canonical.
func hashJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic("curriculum: content types always marshal: " + err.Error())
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}
