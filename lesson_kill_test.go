package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models/learning"
	"nhaso/models/store/storetest"
)

// cable is the network between a class and its server, which a test cuts.
type cable struct {
	net.Listener
	target atomic.Value // string
	whole  atomic.Bool
	mu     sync.Mutex
	ends   map[net.Conn]bool
}

func layCable(t *testing.T) *cable {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	c := &cable{Listener: l, ends: map[net.Conn]bool{}}
	c.whole.Store(true)
	t.Cleanup(func() { c.Close(); c.cut() })
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			go c.carry(near)
		}
	}()
	return c
}

func (c *cable) carry(near net.Conn) {
	target, _ := c.target.Load().(string)
	far, err := net.Dial("tcp", strings.TrimPrefix(target, "http://"))
	if err != nil {
		near.Close()
		return
	}
	c.mu.Lock()
	c.ends[near], c.ends[far] = true, true
	c.mu.Unlock()
	if !c.whole.Load() {
		c.cut()
	}
	var both sync.WaitGroup
	both.Go(func() { pour(far, near) })
	both.Go(func() { pour(near, far) })
	both.Wait()
	c.mu.Lock()
	delete(c.ends, near)
	delete(c.ends, far)
	c.mu.Unlock()
}

// pour ends both sides with the first that ends.
func pour(to, from net.Conn) {
	_, _ = io.Copy(to, from) // how it ended does not matter: it was cut
	to.Close()
	from.Close()
}

func (c *cable) cut() {
	c.whole.Store(false)
	c.mu.Lock()
	defer c.mu.Unlock()
	for end := range c.ends {
		end.Close()
	}
}

func (c *cable) mend() { c.whole.Store(true) }

// ask repeats a request until it is answered, as the app does.
func (c *cable) ask(method, path, token string, body any) (status int, reply []byte) {
	text, err := json.Marshal(body)
	if err != nil {
		panic(err) // plain values of a test
	}
	for wait := 20 * time.Millisecond; ; wait = min(2*wait, 500*time.Millisecond) {
		req, err := http.NewRequest(method, "http://"+c.Addr().String()+"/api/v1"+path, bytes.NewReader(text))
		if err != nil {
			panic(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Content-Type", "application/json")
		if res, err := http.DefaultClient.Do(req); err == nil {
			reply, err := io.ReadAll(res.Body)
			res.Body.Close()
			if err == nil && res.StatusCode < 500 {
				return res.StatusCode, reply
			}
		}
		time.Sleep(wait)
	}
}

// onBoth runs a test of real processes on both databases.
func onBoth(t *testing.T, test func(t *testing.T, program, database string)) {
	t.Helper()
	if testing.Short() {
		t.Skip("kills real processes")
	}
	program := builtProgram(t)
	t.Run("sqlite", func(t *testing.T) { test(t, program, "sqlite:"+filepath.Join(t.TempDir(), "lesson.db")) })
	t.Run("mysql", func(t *testing.T) { test(t, program, storetest.MySQLURL(t)) })
}

// builtProgram builds nhaso for a test of real processes.
func builtProgram(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "nhaso")
	out, err := exec.Command("go", "build", "-tags", "nomsgpack", "-o", path, ".").CombinedOutput()
	require.NoError(t, err, string(out))
	return path
}

// A lesson of forty on the province's server: it is killed once and the network
// is cut twice while all of them answer. Every acknowledged answer is there as
// it was acknowledged, every quiz ends once, and no request was refused.
func TestFortyPupilsOnline(t *testing.T) {
	onBoth(t, func(t *testing.T, program, database string) {
		const pupils = 40
		attempts, tokens := prepareAttempts(t, program, database, pupils)
		line := layCable(t)
		server := startServer(t, program, database)
		line.target.Store(server.base)
		var saved, refused atomic.Int64
		var class sync.WaitGroup
		for i := range pupils {
			class.Go(func() {
				for seq := 1; seq <= 3*len(attempts[i].Items); seq++ {
					time.Sleep(time.Duration(20+i) * time.Millisecond)
					path := fmt.Sprintf("/attempts/%s/answers/%d", attempts[i].ID, seq)
					body := map[string]any{"slot": attempts[i].Items[(seq-1)%len(attempts[i].Items)].Slot, "response": map[string]any{}}
					if status, reply := line.ask(http.MethodPut, path, tokens[i], body); status != http.StatusOK {
						refused.Add(1)
						t.Errorf("pupil %d, answer %d: %d %s", i, seq, status, reply)
						return
					}
					saved.Add(1)
				}
			})
		}
		time.Sleep(300 * time.Millisecond)
		line.cut()
		time.Sleep(200 * time.Millisecond)
		line.mend()
		time.Sleep(300 * time.Millisecond)
		before := saved.Load()
		require.NoError(t, server.cmd.Process.Kill())
		_ = server.cmd.Wait() // killed
		server = startServer(t, program, database)
		line.target.Store(server.base)
		time.Sleep(300 * time.Millisecond)
		line.cut()
		time.Sleep(200 * time.Millisecond)
		line.mend()
		class.Wait()
		require.Zero(t, refused.Load())
		assert.Greater(t, saved.Load(), before, "they worked on after the kill")
		assert.Positive(t, before, "and had begun before it")
		for i, a := range attempts {
			assertWhole(t, line, database, a, tokens[i])
		}
	})
}

// assertWhole hands a quiz in, twice, and looks for every answer of it.
func assertWhole(t *testing.T, line *cable, database string, a learning.Attempt, token string) {
	t.Helper()
	seqs := savedSeqs(t, database, a.ID)
	require.Len(t, seqs, 3*len(a.Items))
	for n, seq := range seqs {
		require.Equal(t, n+1, seq, "no gap, nothing twice")
	}
	first, one := line.ask(http.MethodPost, "/attempts/"+a.ID.String()+"/submission", token, map[string]any{})
	again, two := line.ask(http.MethodPost, "/attempts/"+a.ID.String()+"/submission", token, map[string]any{})
	require.Equal(t, []int{http.StatusOK, http.StatusOK}, []int{first, again}, string(one))
	require.Equal(t, string(one), string(two))
}
