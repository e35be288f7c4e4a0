package household_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nhaso/models"
	"nhaso/models/household"
	"nhaso/models/store"
	"nhaso/models/store/storetest"
)

// BenchmarkImportRegister measures rows a second, validation included, on
// SQLite: go test -bench Register -benchtime 1x ./models/household
func BenchmarkImportRegister(b *testing.B) {
	benchRegister(b, func(clock *storetest.Clock) *store.DB { return storetest.SQLite(b, clock.Now) })
}

// BenchmarkImportRegisterMySQL is the same on the server of NHASO_TEST_MYSQL.
func BenchmarkImportRegisterMySQL(b *testing.B) {
	benchRegister(b, func(clock *storetest.Clock) *store.DB { return storetest.MySQL(b, clock.Now) })
}

func benchRegister(b *testing.B, open func(*storetest.Clock) *store.DB) {
	const rows = 100_000
	for b.Loop() {
		clock := storetest.NewClock()
		w := newWorld(b, open(clock), clock)
		var file bytes.Buffer
		file.WriteString("Mã hộ,Mã thôn,Họ tên chủ hộ\n")
		for i := range rows {
			fmt.Fprintf(&file, "QN%07d,%s,Nguyễn Thị Hồng Ánh %s\n", i, w.code(w.villages[i*len(w.villages)/rows]), string(rune('A'+i%26)))
		}
		begin := time.Now()
		rep, err := w.homes.ImportRegister(ctx, models.System(), household.RegisterFile{Source: "bench", AsOf: "2026-11-01"}, &file, int64(file.Len()))
		require.NoError(b, err)
		require.Equal(b, rows, rep.New)
		b.ReportMetric(rows/time.Since(begin).Seconds(), "rows/s")
	}
}
