// Package bank writes questions into the files of other programs and reads theirs: GIFT, Moodle XML, QTI 2.1 and 3.0
// packages. It is pure: bytes in, questions out, no database.
//
// What a format has a place for stands in that place, so that the other program shows it. What it has no place for
// travels in tags that begin with "nhaso:" and in one extension (see rest.go), so that a file read back gives the very
// same question. What cannot travel at all is listed in the Report, and so is what other programs will not see.
//
// A file is hostile until read: nothing is fetched, entities are not expanded, sizes and depths are bounded, HTML is
// cut down to what a stem may carry. docs/question-banks.md has the table of what becomes what.
package bank

import (
	"bytes"
	"errors"
	"slices"
	"strings"

	"nhaso/curriculum"
	"nhaso/models"
)

// Format names a kind of file. QTI and QTI3 are read alike and written in version 2.1 and 3.0.
type Format string

// The formats.
const (
	GIFT   Format = "gift"
	Moodle Format = "moodlexml"
	QTI    Format = "qti"
	QTI3   Format = "qti3"
)

// Formats lists them in the order in which they are offered.
var Formats = []Format{GIFT, Moodle, QTI, QTI3}

// Bounds of what is read. Whoever has more has several files.
const (
	MaxBytes     = 50 << 20 // of a file
	maxQuestions = 5000     // in a file
	maxText      = 20000    // bytes of one text; longer ones belong to no question
	maxParts     = 40       // options, pairs or parts of a question
)

// Note says what became of one question or part of a file. Where is a place a person finds: a line, a name, a path in
// a package. Reason is a stable code; Detail names the thing meant, such as the kind of question that we do not have.
type Note struct {
	Where  string `json:"where"`
	Reason string `json:"reason"`
	Detail string `json:"detail,omitempty"`
}

// Set is what a file holds. Images are those that the questions show. Skipped lists what is not among the questions,
// Notes what was changed or left out of those that are.
type Set struct {
	Questions []curriculum.Question
	Images    []curriculum.Image
	Skipped   []Note
	Notes     []Note
}

// Report says what a written file holds. Notes list what other programs will not see of the questions exported.
type Report struct {
	Exported int    `json:"exported"`
	Skipped  []Note `json:"skipped"`
	Notes    []Note `json:"notes"`
}

// Info is how a format's files are called and served.
type Info struct{ Extension, Type string }

// InfoOf answers it; ok is false for an unknown format.
func InfoOf(f Format) (info Info, ok bool) {
	switch f {
	case GIFT:
		return Info{".gift.txt", "text/plain; charset=utf-8"}, true
	case Moodle:
		return Info{".moodle.xml", "application/xml"}, true
	case QTI:
		return Info{".qti21.zip", "application/zip"}, true
	case QTI3:
		return Info{".qti30.zip", "application/zip"}, true
	}
	return Info{}, false
}

// refuse is a file that cannot be read as a whole: nothing of it is taken.
func refuse(where, reason string) error {
	return models.Invalid("bank_refused", models.Field{Location: where, Code: reason})
}

// Detect tells a format by the first bytes; ok is false when it is none.
func Detect(data []byte) (f Format, ok bool) {
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		return QTI, true
	}
	text, err := decode(data)
	if err != nil {
		return "", false
	}
	head := strings.TrimSpace(text[:min(len(text), 4096)])
	switch {
	case strings.HasPrefix(head, "<") && strings.Contains(head, "<quiz"):
		return Moodle, true
	case strings.HasPrefix(head, "<?xml"), strings.Contains(head, "assessmentItem"), strings.Contains(head, "qti-assessment-item"),
		strings.Contains(head, "questestinterop"):
		return QTI, true
	case strings.Contains(text, "{") && strings.Contains(text, "}"):
		return GIFT, true
	}
	return "", false
}

// Read reads a file. The error is KindInvalid with a place and a reason for a file that is refused as a whole.
func Read(f Format, data []byte) (*Set, error) {
	if len(data) > MaxBytes {
		return nil, refuse("file", "too_large")
	}
	r := &reader{seen: map[string]bool{}, images: map[string]curriculum.Image{}}
	var err error
	switch f {
	case GIFT:
		err = r.gift(data)
	case Moodle:
		err = r.moodle(data)
	case QTI, QTI3:
		err = r.qti(data)
	default:
		err = refuse("format", "unknown")
	}
	if err != nil {
		return nil, err
	}
	if len(r.set.Questions)+len(r.set.Skipped) == 0 {
		return nil, refuse("file", "no_questions")
	}
	r.finish()
	return &r.set, nil
}

// Write writes questions with the pictures they show, found in images by their Src.
func Write(f Format, questions []curriculum.Question, images map[string]curriculum.Image) ([]byte, Report, error) {
	w := &writer{images: images, report: Report{Skipped: []Note{}, Notes: []Note{}}}
	var data []byte
	var err error
	switch f {
	case GIFT:
		data = w.gift(questions)
	case Moodle:
		data = w.moodle(questions)
	case QTI, QTI3:
		data, err = w.qti(questions, f == QTI3)
	default:
		err = refuse("format", "unknown")
	}
	return data, w.report, err
}

// reader gathers what a file holds.
type reader struct {
	set    Set
	seen   map[string]bool // keys given
	images map[string]curriculum.Image
}

func (r *reader) skip(where, reason, detail string) {
	r.set.Skipped = append(r.set.Skipped, Note{where, reason, detail})
}

func (r *reader) note(where, reason, detail string) {
	r.set.Notes = append(r.set.Notes, Note{where, reason, detail})
}

// full tells that the file holds more than is read.
func (r *reader) full() bool { return len(r.set.Questions)+len(r.set.Skipped) >= maxQuestions }

// take is the one way by which a question enters the set: the extension is laid over it, then it is settled.
func (r *reader) take(where, name string, q curriculum.Question, tags []string, extension string) {
	q = applyTags(q, tags)
	q, ok := applyRest(q, extension)
	if !ok {
		r.note(where, "extension_broken", "")
	}
	if reason := settle(&q); reason != "" {
		r.skip(where, reason, "")
		return
	}
	if q.Image != nil {
		if _, here := r.images[q.Image.Src]; !here {
			if q.Spots != nil {
				r.skip(where, "picture_missing", "")
				return
			}
			r.note(where, "picture_missing", "")
			q.Image = nil
		}
	}
	q.Hash = ""
	if r.seen[q.Key+" "+q.ContentHash()] {
		r.skip(where, "duplicate", "")
		return
	}
	r.seen[q.Key+" "+q.ContentHash()] = true
	q.Key = r.key(q.Key, name, q)
	q.Hash = q.ContentHash()
	if missing := missingFeedback(&q); missing > 0 {
		r.note(where, "feedback_missing", "")
	}
	r.set.Questions = append(r.set.Questions, q)
}

// key gives the question its own key, or one out of its name that no other of the file has.
func (r *reader) key(own, name string, q curriculum.Question) string {
	if keyForm.MatchString(own) { // also when two questions share it, as questions of two courses may
		r.seen[own] = true
		return own
	}
	key := Slug(own)
	if key == "" {
		key = Slug(name)
	}
	if key == "" {
		key = "q-" + q.ContentHash()[:8]
	}
	for n, base := 2, key; r.seen[key]; n++ {
		key = base[:min(len(base), 58)] + "-" + itoa(n)
	}
	r.seen[key] = true
	return key
}

// finish lists the pictures in use, in order.
func (r *reader) finish() {
	used := map[string]bool{}
	for _, q := range r.set.Questions {
		if q.Image != nil && !used[q.Image.Src] {
			used[q.Image.Src] = true
			r.set.Images = append(r.set.Images, r.images[q.Image.Src])
		}
	}
	slices.SortFunc(r.set.Images, func(a, b curriculum.Image) int { return strings.Compare(a.Src, b.Src) })
}

// writer gathers the report while a file is written.
type writer struct {
	images map[string]curriculum.Image
	report Report
}

func (w *writer) skip(q *curriculum.Question, reason string) {
	w.report.Skipped = append(w.report.Skipped, Note{Where: q.Key, Reason: reason})
}

func (w *writer) note(q *curriculum.Question, reason string) {
	w.report.Notes = append(w.report.Notes, Note{Where: q.Key, Reason: reason})
}

// picture finds what a question shows; ok is false when it shows one that is not there.
func (w *writer) picture(q *curriculum.Question) (image *curriculum.Image, ok bool) {
	if q.Image == nil {
		return nil, true
	}
	found, ok := w.images[q.Image.Src]
	return &found, ok
}

// refusalOf is the refusal in an error, nil when it is another.
func refusalOf(err error) *models.Error {
	var e *models.Error
	if errors.As(err, &e) && e.Kind == models.KindInvalid {
		return e
	}
	return nil
}
