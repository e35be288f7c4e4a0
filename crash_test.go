package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/learning"
	"nhaso/models/store"
	"nhaso/seeds"
)

// The product's promise: an answer that was acknowledged is never lost. Pupils
// answer over HTTP while the server is killed without warning, again and
// again; afterwards every acknowledged answer must be there.
func TestAcknowledgedAnswersSurviveKills(t *testing.T) {
	if testing.Short() {
		t.Skip("kills real processes")
	}
	const pupils, kills = 8, 3
	p := newProgram(t)
	binary := filepath.Join(p.dir, "nhaso")
	out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput()
	require.NoError(t, err, string(out))
	database := "sqlite:" + filepath.Join(p.dir, "crash.db")
	attempts, tokens := prepareAttempts(t, binary, database, pupils)

	acked := make([][]int, pupils)
	next := make([]int, pupils)
	for range kills {
		server := startServer(t, binary, database)
		deadline := time.Now().Add(700 * time.Millisecond)
		var wg sync.WaitGroup
		for i := range pupils {
			wg.Go(func() {
				for time.Now().Before(deadline.Add(300 * time.Millisecond)) {
					seq := next[i] + 1
					if !server.save(tokens[i], attempts[i], seq) {
						return // killed: whether this one was written is not known
					}
					acked[i] = append(acked[i], seq)
					next[i] = seq
				}
			})
		}
		time.Sleep(time.Until(deadline))
		require.NoError(t, server.cmd.Process.Kill())
		wg.Wait()
		_ = server.cmd.Wait()
		for i := range pupils {
			next[i] = lastSeq(t, database, attempts[i].ID)
			if n := len(acked[i]); n > 0 {
				assert.GreaterOrEqual(t, next[i], acked[i][n-1], "pupil %d: an acknowledged answer is gone", i)
			}
		}
	}
	total := 0
	for i := range pupils {
		total += len(acked[i])
		assertSaved(t, database, attempts[i].ID, acked[i])
	}
	assert.Greater(t, total, 50, "the test must have saved something")
}

// prepareAttempts makes a class with open quizzes and signs its pupils in.
func prepareAttempts(t *testing.T, binary, database string, pupils int) ([]learning.Attempt, []string) {
	ctx := context.Background()
	db, err := store.Open(ctx, database, models.SystemClock())
	require.NoError(t, err)
	defer db.Close()
	_, err = db.Migrate(ctx)
	require.NoError(t, err)
	house := seeds.Build(db, seeds.Wiring{})
	room, err := house.NewClassroom(ctx, pupils)
	require.NoError(t, err)
	cards, err := house.People.CreateStudentAccounts(ctx, house.System, room.Class.ID)
	require.NoError(t, err)
	secrets := map[models.ID]seeds.SignIn{room.Pupils[0].Person: {Username: room.Username, Password: room.Password}}
	for _, c := range cards {
		if c.Secret != "" {
			secrets[c.PersonID] = seeds.SignIn{Username: c.Username, Password: c.Secret}
		}
	}
	attempts := make([]learning.Attempt, pupils)
	for i, p := range room.Pupils {
		attempts[i], err = room.Start(ctx, p)
		require.NoError(t, err)
	}
	server := startServer(t, binary, database)
	tokens := make([]string, pupils)
	for i, p := range room.Pupils {
		s := secrets[p.Person]
		tokens[i], err = signIn(server.base, s.Username, s.Password)
		require.NoError(t, err)
	}
	require.NoError(t, server.cmd.Process.Kill())
	_ = server.cmd.Wait()
	return attempts, tokens
}

type liveServer struct {
	cmd  *exec.Cmd
	base string
}

func startServer(t *testing.T, binary, database string) *liveServer {
	t.Helper()
	cmd := exec.Command(binary, "serve")
	cmd.Env = append(os.Environ(), "NHASO_ADDR=127.0.0.1:0", "NHASO_DATABASE_URL="+database)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var line struct{ Msg, Addr string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "listening" {
			go func() {
				for lines.Scan() { // the log must not block the server
				}
			}()
			return &liveServer{cmd: cmd, base: "http://" + line.Addr}
		}
	}
	t.Fatal("the server ended before it listened")
	return nil
}

// save sends one answer and tells whether it was acknowledged.
func (s *liveServer) save(token string, a learning.Attempt, seq int) bool {
	item := a.Items[seq%len(a.Items)]
	body, err := json.Marshal(map[string]any{"slot": item.Slot, "response": map[string]any{}})
	if err != nil {
		return false
	}
	url := fmt.Sprintf("%s/api/v1/attempts/%s/answers/%d", s.base, a.ID, seq)
	req, err := http.NewRequest(http.MethodPut, url, bytes.NewReader(body))
	if err != nil {
		return false
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	return res.StatusCode == http.StatusOK
}

func lastSeq(t *testing.T, database string, attempt models.ID) int {
	list := savedSeqs(t, database, attempt)
	if len(list) == 0 {
		return 0
	}
	return list[len(list)-1]
}

func assertSaved(t *testing.T, database string, attempt models.ID, acked []int) {
	t.Helper()
	saved := map[int]bool{}
	for _, seq := range savedSeqs(t, database, attempt) {
		saved[seq] = true
	}
	for _, seq := range acked {
		if !saved[seq] {
			t.Errorf("answer %d was acknowledged and is lost", seq)
		}
	}
}

func savedSeqs(t *testing.T, database string, attempt models.ID) (list []int) {
	t.Helper()
	db, err := store.Open(context.Background(), database, models.SystemClock())
	require.NoError(t, err)
	defer db.Close()
	require.NoError(t, db.Read(context.Background()).Raw("SELECT seq FROM answers WHERE attempt_id = ? ORDER BY seq", attempt).Scan(&list).Error)
	return list
}
