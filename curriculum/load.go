package curriculum

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
)

// maxFile is the largest content file in bytes.
const maxFile = 1 << 20

var (
	lessonName    = regexp.MustCompile(`^[0-9]{2}-[a-z0-9]+(-[a-z0-9]+)*\.md$`)
	questionsName = regexp.MustCompile(`^[0-9]{2}-[a-z0-9]+(-[a-z0-9]+)*\.yaml$`)
)

// Load reads and checks every course below fsys, whose top-level folders are the skills. The catalog is nil if there is
// any Problem that is not a Warning. The result depends on the files alone: no clock, no map order.
func Load(fsys fs.FS) (*Catalog, []Problem) { return LoadAt(fsys, time.Time{}) }

// LoadAt is Load that also warns of facts last checked more than a year before today.
func LoadAt(fsys fs.FS, today time.Time) (*Catalog, []Problem) {
	catalog, problems := (&loader{fsys: fsys, today: today}).load()
	if slices.ContainsFunc(problems, func(p Problem) bool { return !p.Warning }) {
		return nil, problems
	}
	return catalog, problems
}

// Draft is LoadAt that answers what could be read whatever is wrong with it. It is for authors to look at while they
// write, never to be published: a course may lack the parts that have problems, and what it has may not fit together.
func Draft(fsys fs.FS, today time.Time) (*Catalog, []Problem) {
	return (&loader{fsys: fsys, today: today, draft: true}).load()
}

func (l *loader) load() (*Catalog, []Problem) {
	catalog := &Catalog{Courses: []Course{}}
	l.folder(".", func(name string, dir bool) bool {
		return dir && (slices.Contains(Skills(), name) || name == "packs" || name == "drills")
	})
	for _, skill := range Skills() {
		if !l.exists(skill) {
			continue
		}
		l.folder(skill, func(name string, dir bool) bool { return dir && slices.Contains(Levels(), name) })
		for _, level := range Levels() {
			if dir := skill + "/" + level; l.exists(dir) {
				if c := l.course(dir); c != nil {
					catalog.Courses = append(catalog.Courses, *c)
				}
			}
		}
	}
	catalog.Packs = l.packs(catalog)
	catalog.Drills = l.drills(catalog)
	slices.SortFunc(l.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Reason, b.Reason))
	})
	return catalog, slices.Compact(l.problems)
}

type loader struct {
	fsys     fs.FS
	today    time.Time
	draft    bool // keep a course with problems
	problems []Problem
}

func (l *loader) add(problems ...Problem) { l.problems = append(l.problems, problems...) }

func (l *loader) exists(name string) bool {
	_, err := fs.Stat(l.fsys, name)
	return err == nil
}

// folder lists the entries that belong into a folder, in order, and reports the others. Hidden files are passed over.
func (l *loader) folder(dir string, belongs func(name string, dir bool) bool) []string {
	entries, err := fs.ReadDir(l.fsys, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		l.add(Problem{File: dir, Reason: "cannot be read: " + err.Error()})
		return nil
	}
	var names []string
	for _, e := range entries {
		switch name := e.Name(); {
		case strings.HasPrefix(name, "."):
		case belongs(name, e.IsDir()):
			names = append(names, name)
		default:
			l.add(Problem{File: path.Join(dir, name), Reason: "does not belong here: see docs/authoring.md for the names of files and folders"})
		}
	}
	return names
}

// read returns a file of at most maxFile bytes.
func (l *loader) read(name string) ([]byte, bool) {
	f, err := l.fsys.Open(name)
	if err != nil {
		reason := "cannot be opened"
		if errors.Is(err, fs.ErrNotExist) {
			reason = "is missing"
		}
		l.add(Problem{File: name, Reason: reason})
		return nil, false
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		l.add(Problem{File: name, Reason: "cannot be read"})
	case len(data) > maxFile:
		l.add(Problem{File: name, Line: 1, Reason: fmt.Sprintf("is larger than %d MB", maxFile>>20)})
	default:
		return data, true
	}
	return nil, false
}

// text reads a text file and checks what holds for every text. Windows line ends and a byte order mark are forgiven.
func (l *loader) text(name string) (string, bool) {
	data, ok := l.read(name)
	if !ok {
		return "", false
	}
	text := strings.ReplaceAll(strings.TrimPrefix(string(data), "\uFEFF"), "\r\n", "\n")
	l.add(checkWords(name, text)...)
	if bad := checkEncoding(name, text); len(bad) > 0 {
		l.add(bad...)
		return "", false
	}
	return text, true
}

// courseFile is course.yaml: a Course whose Lessons are still file names.
type courseFile struct {
	Course
	Lessons []string `json:"lessons"`

	doc *document
}

// course loads one course folder. It looks at every file even after a problem, so that authors see all at once; what
// ties the files together is checked only when each could be read.
func (l *loader) course(dir string) *Course {
	before := len(l.problems)
	l.folder(dir, func(name string, isDir bool) bool {
		if isDir {
			return slices.Contains([]string{"lessons", "questions", "images", "audio", "scenarios", "plans", "en"}, name)
		}
		return name == "course.yaml" || name == "leaflet.yaml"
	})
	pictures := l.pictures(dir)
	c := l.courseYAML(dir)
	questions, soundQuestions := l.questions(dir, pictures)
	lessons, soundLessons := l.lessons(dir, c, pictures)
	scenarios := l.scenarios(dir, pictures)
	plans := l.plans(dir)
	leaflet := l.leaflet(dir)
	// While something is broken, a picture may only look unused.
	for name := range pictures.images {
		if !pictures.used[name] && len(l.problems) == before {
			l.add(Problem{File: dir + "/" + name, Reason: "no card or question shows this picture", Warning: true})
		}
	}
	if c != nil && l.draft && !(soundQuestions && soundLessons) {
		return c.assemble(lessons, questions, scenarios, plans, leaflet, pictures)
	}
	if c == nil || !soundQuestions || !soundLessons {
		return nil
	}
	l.add(checkCourse(c, lessons, questions)...)
	l.add(checkParts(c, lessons, scenarios, plans, leaflet)...)
	l.add(checkAge(c, lessons, scenarios, l.today)...)
	if !l.today.IsZero() { // an author is looking; a program that starts does not wait for advice
		l.add(checkCues(c.Level, lessons, questions)...)
	}
	out := c.assemble(lessons, questions, scenarios, plans, leaflet, pictures)
	if t := l.translation(dir, out, pictures); t != nil {
		out.Translations = []Translation{*t}
		out.Hash = ""
		out.Hash = out.ContentHash()
	}
	return out
}

func (l *loader) pictures(dir string) *gallery {
	g := newGallery()
	for folder, form := range map[string]*regexp.Regexp{"images": imageName, "audio": audioName} {
		for _, name := range l.folder(dir+"/"+folder, func(name string, isDir bool) bool { return !isDir && form.MatchString(name) }) {
			name = folder + "/" + name
			if data, ok := l.read(dir + "/" + name); ok {
				l.add(g.add(dir+"/"+name, name, data)...)
			}
		}
	}
	return g
}

func (l *loader) courseYAML(dir string) *courseFile {
	name := dir + "/course.yaml"
	text, ok := l.text(name)
	if !ok {
		return nil
	}
	doc, problems := parseYAML(name, text, 1)
	if len(problems) == 0 {
		problems = append(doc.validate(courseSchema), doc.checkStrings()...)
	}
	c := &courseFile{doc: doc}
	if len(problems) == 0 {
		problems = doc.decode(c)
	}
	if len(problems) > 0 {
		l.add(problems...)
		return nil
	}
	l.add(c.check(dir)...)
	return c
}

// questions returns the questions of all files in the order of the file names; sound is false if a file had to be left out.
func (l *loader) questions(dir string, pictures *gallery) (all []*questionFile, sound bool) {
	sound = true
	for _, name := range l.folder(dir+"/questions", func(name string, isDir bool) bool { return !isDir && questionsName.MatchString(name) }) {
		file := dir + "/questions/" + name
		text, ok := l.text(file)
		if ok {
			list, problems := parseQuestions(file, text, pictures)
			l.add(problems...)
			all, ok = append(all, list...), list != nil
		}
		sound = sound && ok
	}
	return all, sound
}

// lessons returns the lessons in the order of course.yaml; sound is false if a file had to be left out.
func (l *loader) lessons(dir string, c *courseFile, pictures *gallery) (all []*lessonFile, sound bool) {
	sound = true
	byName := map[string]*lessonFile{}
	for _, name := range l.folder(dir+"/lessons", func(name string, isDir bool) bool { return !isDir && lessonName.MatchString(name) }) {
		file := dir + "/lessons/" + name
		name = strings.TrimSuffix(name, ".md")
		byName[name] = nil
		if text, ok := l.text(file); ok {
			lesson, problems := parseLesson(file, text, pictures)
			l.add(problems...)
			byName[name] = lesson
		}
		sound = sound && byName[name] != nil
		if c != nil && !slices.Contains(c.Lessons, name) {
			l.add(Problem{File: file, Line: 1, Reason: "is not listed under lessons in course.yaml"})
		}
	}
	if c == nil {
		return nil, false
	}
	for i, name := range c.Lessons {
		lesson, ok := byName[name]
		if !ok {
			l.add(c.doc.at(fmt.Sprintf("/lessons/%d", i), "there is no file lessons/%s.md", name))
		}
		if lesson != nil {
			all = append(all, lesson)
		}
	}
	return all, sound
}

// assemble builds the course and gives every part its hash. A question without competences takes those of its
// objective. Its sources stay empty when it names none: they are the course's, and copying them would change every
// question's hash with each new source.
func (c *courseFile) assemble(lessons []*lessonFile, questions []*questionFile, scenarios []*scenarioFile, plans []*planFile,
	leaflet *leafletFile, pictures *gallery) *Course {
	out := c.Course
	for _, s := range scenarios {
		out.Scenarios = append(out.Scenarios, s.Scenario)
	}
	for _, p := range plans {
		out.Plans = append(out.Plans, p.Plan)
	}
	if leaflet != nil {
		out.Leaflet = &leaflet.Leaflet
	}
	out.Lessons, out.Questions = []Lesson{}, []Question{}
	if out.Glossary == nil {
		out.Glossary = []Term{}
	}
	for _, l := range lessons {
		out.Lessons = append(out.Lessons, l.Lesson)
	}
	for _, q := range questions {
		for _, o := range c.Objectives {
			if o.Key == q.Objective && len(q.Competences) == 0 {
				q.Competences = slices.Clone(o.Competences)
			}
		}
		q.Hash = q.ContentHash()
		out.Questions = append(out.Questions, q.Question)
	}
	out.Images = pictures.list()
	out.Hash = out.ContentHash()
	return &out
}
