package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"slices"
	"sync"
	"time"

	"nhaso/api"
	"nhaso/curriculum"
	"nhaso/frontend"
)

type curriculumPreviewCmd struct {
	Dir  string `arg:"" optional:"" type:"existingdir" help:"Folder with course files; default: curriculum/content here, else the courses inside the binary."`
	Port int    `help:"Port of this machine; 0 takes a free one." default:"8090"`
}

// lookEvery is how often the preview looks for changed files.
const lookEvery = 500 * time.Millisecond

// Run shows the courses of a folder in the browser, as pupils will see them, and anew whenever a file changes. It reads
// only, knows no accounts and no database, and answers this machine alone.
func (c *curriculumPreviewCmd) Run(a *app) error {
	if !frontend.Built() {
		return errors.New("the web app is not built; run `make build` first")
	}
	dir := c.Dir
	if dir == "" && isDir("curriculum/content") {
		dir = "curriculum/content"
	}
	p := &preview{dir: dir, fsys: content(dir), today: a.clock().UTC()}
	p.look()
	handler, err := p.handler(frontend.Dist())
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", c.Port))
	if err != nil {
		return fmt.Errorf("%w; choose another port with --port", err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	stop := context.AfterFunc(a.ctx, func() { server.Close() })
	defer stop()
	go p.watch(a.ctx)
	fmt.Fprintf(a.stdout, "http://%s/preview\n\nCtrl+C stops the preview.\n", listener.Addr())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func isDir(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// preview holds what the folder said last.
type preview struct {
	dir   string
	fsys  fs.FS
	today time.Time

	mu      sync.Mutex
	stamp   string // of the files' names, sizes and times
	state   []byte // previewState as JSON
	images  map[string]curriculum.Image
	changed chan struct{} // closed at the next change
}

// previewState is what the page shows: whatever could be read, with the example logs, and what is wrong.
type previewState struct {
	Dir      string               `json:"dir"`
	Version  string               `json:"version"`
	Courses  []curriculum.Course  `json:"courses"`
	Problems []curriculum.Problem `json:"problems"`
}

// look reads the folder anew when a file has changed.
func (p *preview) look() {
	stamp := p.stampOf()
	p.mu.Lock()
	same := stamp == p.stamp
	p.mu.Unlock()
	if same {
		return
	}
	catalog, problems := curriculum.Draft(p.fsys, p.today)
	slices.SortStableFunc(problems, func(a, b curriculum.Problem) int { // errors first
		switch {
		case a.Warning == b.Warning:
			return 0
		case a.Warning:
			return 1
		}
		return -1
	})
	if problems == nil {
		problems = []curriculum.Problem{}
	}
	images := map[string]curriculum.Image{}
	for _, course := range catalog.Courses {
		for _, image := range course.Images {
			images[image.Src] = image
		}
	}
	dir := p.dir
	if dir == "" {
		dir = "(embedded)"
	}
	state, err := json.Marshal(previewState{Dir: dir, Version: stamp, Courses: catalog.Courses, Problems: problems})
	if err != nil {
		panic("preview: courses always marshal: " + err.Error())
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.changed != nil {
		close(p.changed)
	}
	p.stamp, p.state, p.images, p.changed = stamp, state, images, make(chan struct{})
}

// stampOf tells two states of the folder apart without reading the files. A folder that cannot be walked (an editor may
// be moving files) has a stamp of its own and is looked at again.
func (p *preview) stampOf() string {
	h := sha256.New()
	err := fs.WalkDir(p.fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		fmt.Fprintf(h, "%s %d %d\n", name, info.Size(), info.ModTime().UnixNano())
		return nil
	})
	if err != nil {
		fmt.Fprintf(h, "error %v\n", err)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

func (p *preview) watch(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			p.look()
		}
	}
}

func (p *preview) now() (stamp string, state []byte, changed chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stamp, p.state, p.changed
}

// handler answers the page, its data, its pictures and the news of changes.
func (p *preview) handler(dist fs.FS) (http.Handler, error) {
	pages, err := api.Pages(dist)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/preview", func(w http.ResponseWriter, _ *http.Request) {
		_, state, _ := p.now()
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write(state) // the browser has gone: nothing to do
	})
	mux.HandleFunc("GET /api/preview/events", p.events)
	mux.HandleFunc("GET /api/v1/media/{src}", p.media)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/preview", http.StatusFound)
	})
	mux.Handle("/", pages)
	return localOnly(mux), nil
}

// localOnly refuses requests under another name: a page from elsewhere that lets its own name point at this machine
// must not read drafts.
func localOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if name, _, err := net.SplitHostPort(host); err == nil {
			host = name
		}
		if host != "127.0.0.1" && host != "localhost" {
			http.Error(w, "the preview answers 127.0.0.1 and localhost only", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// events tells a page, as server-sent events, each version of the folder: the present one first.
func (p *preview) events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	out := http.NewResponseController(w)
	for {
		stamp, _, changed := p.now()
		if _, err := fmt.Fprintf(w, "data: %s\n\n", stamp); err != nil || out.Flush() != nil {
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-changed:
		}
	}
}

func (p *preview) media(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	image, ok := p.images[r.PathValue("src")]
	p.mu.Unlock()
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", image.Type)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	_, _ = w.Write(image.Data) // the browser has gone: nothing to do
}
