package main

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/classroom"
	"nhaso/models/learning"
	"nhaso/models/store"
	"nhaso/seeds"
)

// classroomWorld is a province with one class and a laptop that has held a
// lesson of it, both as folders for real processes.
type classroomWorld struct {
	t        *testing.T
	program  string
	database string // of the province
	folder   string // of the laptop
	line     *cable // from the laptop to the province
	batches  int
}

// lessonOnLaptop enrols a laptop at a running province and holds a lesson on
// it, one batch for each pupil.
func lessonOnLaptop(t *testing.T, program, database string, pupils int) *classroomWorld {
	t.Helper()
	ctx := context.Background()
	w := &classroomWorld{t: t, program: program, database: database, folder: t.TempDir(), line: layCable(t)}
	db, err := store.Open(ctx, database, models.SystemClock())
	require.NoError(t, err)
	defer db.Close()
	_, err = db.Migrate(ctx)
	require.NoError(t, err)
	house := seeds.Build(db, seeds.Wiring{})
	room, err := house.NewClassroom(ctx, pupils)
	require.NoError(t, err)
	_, code, err := house.Classroom.Register(ctx, room.Teacher, classroom.NewLaptop{ID: models.NewID(time.Now()), Name: "Máy", Classes: []models.ID{room.Class.ID}})
	require.NoError(t, err)
	server := startServer(t, program, database)
	w.line.target.Store(server.base)
	w.laptop(0, "enrol", "--server", "http://"+w.line.Addr().String(), "--code", code)
	require.NoError(t, server.cmd.Process.Kill())
	_ = server.cmd.Wait() // killed

	away, err := store.Open(ctx, "sqlite:"+filepath.Join(w.folder, "classroom.db"), models.SystemClock())
	require.NoError(t, err)
	defer away.Close()
	there := seeds.Build(away, seeds.Wiring{Away: true})
	session, err := there.Learning.OpenSession(ctx, room.Teacher, learning.NewSession{ID: models.NewID(time.Now()), ClassID: room.Class.ID, Minutes: 45})
	require.NoError(t, err)
	answers := seeds.Oracle(house.Catalog)[room.Course]
	for _, p := range room.Pupils {
		_, err = there.Learning.JoinSession(ctx, p.Actor(), session.Code)
		require.NoError(t, err)
		a, err := there.Learning.StartAttempt(ctx, p.Actor(), learning.NewAttempt{ID: models.NewID(time.Now()), CourseKey: room.Course, SessionID: session.ID})
		require.NoError(t, err)
		list := make([]learning.Answer, len(a.Items))
		for k, item := range a.Items {
			list[k] = learning.Answer{Seq: k + 1, Slot: item.Slot, Response: seeds.Respond(item, answers[item.QuestionKey], true)}
		}
		_, err = there.Learning.SaveAnswers(ctx, p.Actor(), a.ID, list)
		require.NoError(t, err)
		_, err = there.Learning.Submit(ctx, p.Actor(), a.ID)
		require.NoError(t, err)
		made, err := there.Classroom.Seal(ctx)
		require.NoError(t, err)
		w.batches += made
	}
	require.GreaterOrEqual(t, w.batches, pupils)
	return w
}

// command is a classroom command as a process on the laptop's folder, or on
// the province's database.
func (w *classroomWorld) command(onProvince bool, args ...string) *exec.Cmd {
	cmd := exec.Command(w.program, append([]string{"classroom"}, args...)...)
	cmd.Env = append(os.Environ(), "NHASO_DATA_DIR="+w.folder, "NHASO_ADDR=127.0.0.1:0")
	if onProvince {
		cmd.Env = append(cmd.Env, "NHASO_DATABASE_URL="+w.database)
	}
	return cmd
}

func (w *classroomWorld) laptop(code int, args ...string) map[string]any {
	w.t.Helper()
	return w.ends(w.command(false, append(args, "--json")...), code)
}

func (w *classroomWorld) province(code int, args ...string) map[string]any {
	w.t.Helper()
	return w.ends(w.command(true, append(args, "--json")...), code)
}

func (w *classroomWorld) ends(cmd *exec.Cmd, code int) (v map[string]any) {
	w.t.Helper()
	out, _ := cmd.Output() // how it ended is the exit code
	require.Equal(w.t, code, cmd.ProcessState.ExitCode(), "%v: %s", cmd.Args, out)
	if code == 0 {
		require.NoError(w.t, json.Unmarshal(out, &v), "%s", out)
	}
	return v
}

// killed starts a command and kills it after a while; it answers whether the
// command was still at work.
func (w *classroomWorld) killed(cmd *exec.Cmd, after time.Duration) bool {
	w.t.Helper()
	require.NoError(w.t, cmd.Start())
	time.Sleep(after)
	_ = cmd.Process.Kill() // may be over
	_ = cmd.Wait()
	return !cmd.ProcessState.Exited()
}

// taken counts what the province has of the laptop's lesson.
func (w *classroomWorld) taken() map[string]int {
	w.t.Helper()
	db, err := store.Open(context.Background(), w.database, models.SystemClock())
	require.NoError(w.t, err)
	defer db.Close()
	out := map[string]int{}
	for name, sql := range map[string]string{
		"batches":  "SELECT COUNT(*) FROM laptop_receipts",
		"sessions": "SELECT COUNT(*) FROM lesson_sessions WHERE laptop_id IS NOT NULL",
		"attempts": "SELECT COUNT(*) FROM attempts WHERE laptop_id IS NOT NULL AND state = 'submitted' AND score = 10000",
		"answers":  "SELECT COUNT(*) FROM answers x JOIN attempts a ON a.id = x.attempt_id WHERE a.laptop_id IS NOT NULL AND x.seq <= a.slots",
		"passes":   "SELECT COUNT(*) FROM skill_passes",
		"joined":   "SELECT COUNT(*) FROM session_participants p JOIN lesson_sessions s ON s.id = p.session_id WHERE s.laptop_id IS NOT NULL",
	} {
		var n int
		require.NoError(w.t, db.Read(context.Background()).Raw(sql).Scan(&n).Error)
		out[name] = n
	}
	return out
}

func (w *classroomWorld) whole(pupils, slots int) map[string]int {
	return map[string]int{"batches": w.batches, "sessions": 1, "attempts": pupils, "answers": pupils * slots, "passes": pupils, "joined": pupils}
}

// The server is killed again and again while it takes a results file. A batch
// is there whole or not at all, and in the end each once.
func TestApplyIsKilled(t *testing.T) {
	onBoth(t, func(t *testing.T, program, database string) {
		const pupils = 12
		w := lessonOnLaptop(t, program, database, pupils)
		file, receipts := filepath.Join(w.folder, "results"), filepath.Join(w.folder, "receipts")
		w.laptop(0, "export", file)
		kills, partly := 0, false
		for after := 60 * time.Millisecond; kills < 40 && w.taken()["batches"] < w.batches; after += 5 * time.Millisecond {
			if w.killed(w.command(true, "apply", file), after) {
				kills++
			}
			got := w.taken()
			partly = partly || got["batches"] > 0 && got["batches"] < w.batches
			assert.Equal(t, got["attempts"], got["passes"], "a quiz and its pass are one")
			assert.Equal(t, got["attempts"]*10, got["answers"], "a quiz is there with its answers or not at all")
		}
		assert.Positive(t, kills)
		t.Logf("%d kills, one between two batches: %v", kills, partly)
		for range 2 {
			w.province(0, "apply", file, "--receipts", receipts)
			assert.Equal(t, w.whole(pupils, 10), w.taken())
		}
		w.laptop(0, "import-receipts", receipts)
		assert.EqualValues(t, pupils, w.laptop(0, "status")["safe"])
	})
}

// The laptop is killed again and again while it brings its results home; its
// outbox says safe only what is there.
func TestPushIsKilled(t *testing.T) {
	onBoth(t, func(t *testing.T, program, database string) {
		const pupils = 12
		w := lessonOnLaptop(t, program, database, pupils)
		server := startServer(t, program, database)
		w.line.target.Store(server.base)
		kills := 0
		for after := 60 * time.Millisecond; kills < 40 && w.waiting() > 0; after += 5 * time.Millisecond {
			if w.killed(w.command(false, "push"), after) {
				kills++
			}
			assert.LessOrEqual(t, w.batches-w.waiting(), w.taken()["batches"], "safe is what is there, and nothing else")
		}
		assert.Positive(t, kills)
		w.line.cut()
		if w.waiting() > 0 {
			w.laptop(1, "push")
		}
		w.line.mend()
		for range 2 {
			w.laptop(0, "push")
			assert.Equal(t, w.whole(pupils, 10), w.taken())
		}
		assert.EqualValues(t, pupils, w.laptop(0, "status")["safe"])
	})
}

// waiting counts the batches that the laptop does not know to be safe.
func (w *classroomWorld) waiting() (n int) {
	w.t.Helper()
	db, err := store.Open(context.Background(), "sqlite:"+filepath.Join(w.folder, "classroom.db"), models.SystemClock())
	require.NoError(w.t, err)
	defer db.Close()
	require.NoError(w.t, db.Read(context.Background()).Raw("SELECT COUNT(*) FROM classroom_outbox WHERE acked_at IS NULL").Scan(&n).Error)
	return n
}
