package api

import (
	"context"
	"encoding/json"
	"net/http"

	"nhaso/models"
	"nhaso/models/learning"
)

// Published content: the same for everybody who is signed in, so its bytes are
// made and compressed once per version and served with an ETag.

type coursePath struct {
	Course string `path:"course" maxLength:"64"`
}

type LessonPath struct {
	Course string `path:"course" maxLength:"64"`
	Lesson string `path:"lesson" maxLength:"64"`
}

func (s *server) courseOperations() {
	read := func(id, path, summary string) op {
		return op{id: id, method: http.MethodGet, path: path, summary: summary, tag: "courses", action: models.ActReadCourse}
	}
	registerContent[none, list[learning.CourseSummary]](s, read("list-courses", "/courses", "The published courses, by skill and level."), s.courseList)
	registerContent[coursePath, learning.CourseDetail](s, read("get-course", "/courses/{course}", "One course: goals, glossary, sources, lessons and what the quiz is like."),
		func(ctx context.Context, actor models.Actor, in *coursePath) (*content, error) {
			course, err := s.Learning.Course(ctx, actor, in.Course)
			if err != nil {
				return nil, err
			}
			return s.shelf.get("course "+course.Hash, course.Hash, revalidate, func() (any, error) { return course, nil })
		})
	registerContent[LessonPath, learning.LessonView](s, read("get-lesson", "/courses/{course}/lessons/{lesson}", "One lesson with its cards."),
		func(ctx context.Context, actor models.Actor, in *LessonPath) (*content, error) {
			raw, hash, err := s.Learning.LessonJSON(ctx, actor, in.Course, in.Lesson)
			if err != nil {
				return nil, err
			}
			key := "lesson " + hash
			if c := s.shelf.find(key); c != nil {
				return c, nil
			}
			return s.shelf.put(key, newContent("application/json", hash, revalidate, raw, true)), nil
		})
	s.packOperation(read("get-course-pack", "/courses/{course}/pack",
		"Everything of a course that a pupil takes along: lessons, glossary, practice questions with their answers, names of the pictures. No question of a quiz is in it."))
	registerContent[coursePath, learning.Teaching](s, read("get-course-teaching", "/courses/{course}/teaching",
		"What a teacher needs of a course: lesson plans of 45 minutes, objectives with competences, the family's leaflet."),
		func(ctx context.Context, actor models.Actor, in *coursePath) (*content, error) {
			t, err := s.Learning.Teaching(ctx, actor, in.Course)
			if err != nil {
				return nil, err
			}
			return s.shelf.get("teaching "+t.Hash, t.Hash, revalidate, func() (any, error) { return t, nil })
		})
	s.mediaOperation()
}

// packOperation serves what is taken along. It is made once per version of the
// course; its ETag is the hash of its own bytes, so that a program that packs
// differently is noticed too.
func (s *server) packOperation(o op) {
	registerContent[coursePath, learning.Pack](s, o, func(ctx context.Context, actor models.Actor, in *coursePath) (*content, error) {
		hash, err := s.Learning.CourseHash(ctx, actor, in.Course)
		if err != nil {
			return nil, err
		}
		key := "pack " + hash
		if c := s.shelf.find(key); c != nil {
			return c, nil
		}
		pack, err := s.Learning.Pack(ctx, actor, in.Course)
		if err != nil {
			return nil, err
		}
		raw, err := json.Marshal(pack)
		if err != nil {
			return nil, err
		}
		return s.shelf.put("pack "+pack.Course.Hash, newContent("application/json", hashOf(raw), revalidate, raw, true)), nil
	})
}

// courseList is one body for all hashes of the courses in it.
func (s *server) courseList(ctx context.Context, _ models.Actor, _ *none) (*content, error) {
	courses, err := s.Learning.Courses(ctx)
	if err != nil {
		return nil, err
	}
	var all []byte
	for _, c := range courses {
		all = append(all, c.Hash...)
	}
	hash := hashOf(all)
	return s.shelf.get("courses "+hash, hash, revalidate, func() (any, error) { return listed(courses, ""), nil })
}

func (s *server) mediaOperation() {
	type path struct {
		Name string `path:"src" maxLength:"80"`
	}
	registerContent[path, string](s, op{
		id: "get-media", method: http.MethodGet, path: "/media/{src}", tag: "courses", action: models.ActReadCourse,
		summary: "A picture of a lesson or question. Its name changes with its bytes.",
	}, func(ctx context.Context, _ models.Actor, in *path) (*content, error) {
		key := "media " + in.Name
		if c := s.shelf.find(key); c != nil {
			return c, nil
		}
		m, err := s.Learning.Media(ctx, in.Name)
		if models.KindOf(err) == models.KindNotFound {
			return s.draftMedia(ctx, in.Name)
		}
		if err != nil {
			return nil, err
		}
		return s.shelf.put(key, picture(in.Name, m.Type, m.Data)), nil
	})
}

// picture is a picture to be served. Drawings are checked when they come in;
// should one carry a script all the same, it does not run.
func picture(name, kind string, data []byte) *content {
	c := newContent(kind, name, "private, max-age=31536000, immutable", data, kind == "image/svg+xml")
	c.csp = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
	return c.finish()
}

// draftMedia serves the picture of a draft. It is not put on the shelf, which
// holds what is published.
func (s *server) draftMedia(ctx context.Context, name string) (*content, error) {
	i, err := s.Drafts.Media(ctx, name)
	if err != nil {
		return nil, err
	}
	return picture(name, i.Type, i.Data), nil
}
