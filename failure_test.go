package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"nhaso/models/learning"
)

// Failure 2 of the list of real failures: the power goes while a batch of kept
// answers is being written; then the device sends it again. Every answer is
// there once, in order, and the device is told so.
func TestFailure02_PowerCutInMidWriteThenSync(t *testing.T) {
	if testing.Short() {
		t.Skip("kills real processes")
	}
	const answers = 400
	p := newProgram(t)
	binary := filepath.Join(p.dir, "nhaso")
	out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput()
	require.NoError(t, err, string(out))
	database := "sqlite:" + filepath.Join(p.dir, "cut.db")
	attempts, tokens := prepareAttempts(t, binary, database, 1)
	a, token := attempts[0], tokens[0]

	for round := range 3 {
		from := lastSeq(t, database, a.ID)
		server := startServer(t, binary, database)
		done := make(chan bool)
		go func() { done <- server.sync(token, a, from+1, answers) != nil }()
		time.Sleep(time.Duration(5+round*15) * time.Millisecond)
		require.NoError(t, server.cmd.Process.Kill())
		<-done
		_ = server.cmd.Wait()

		server = startServer(t, binary, database)
		report := server.sync(token, a, from+1, answers)
		require.NotNil(t, report)
		assert.Empty(t, report.Rejected)
		assert.Len(t, report.Acked, answers)
		assert.Equal(t, from+answers, report.LastSeq)
		require.NoError(t, server.cmd.Process.Kill())
		_ = server.cmd.Wait()
	}
	for i, seq := range savedSeqs(t, database, a.ID) {
		require.Equal(t, i+1, seq, "no gaps, nothing twice")
	}
}

// sync sends answers as one batch; nil when the server went away meanwhile.
func (s *liveServer) sync(token string, a learning.Attempt, first, n int) *learning.SaveReport {
	list := make([]map[string]any, n)
	for i := range list {
		list[i] = map[string]any{"seq": first + i, "slot": a.Items[i%len(a.Items)].Slot, "response": map[string]any{}}
	}
	body, err := json.Marshal(map[string]any{"answers": list})
	if err != nil {
		return nil
	}
	req, err := http.NewRequest(http.MethodPost, s.base+"/api/v1/attempts/"+a.ID.String()+"/answers", bytes.NewReader(body))
	if err != nil {
		return nil
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil
	}
	defer res.Body.Close()
	var report learning.SaveReport
	if res.StatusCode != http.StatusOK || json.NewDecoder(res.Body).Decode(&report) != nil {
		return nil
	}
	return &report
}
