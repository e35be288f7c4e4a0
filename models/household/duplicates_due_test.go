package household_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"nhaso/models/household"
)

// After an import the communes of the register are searched, once, and again
// when the next register comes.
func TestSearchDue(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		search := func() int {
			n, err := w.homes.SearchDue(ctx)
			require.NoError(t, err)
			return n
		}
		require.Zero(t, search(), "no register")
		here, there := w.code(w.villages[0]), w.code(w.villages[3])
		w.twoRegisters("A,"+here+",Nguyễn Văn Hoà,Nguyễn Thị Bé – con – 2010\nZ,"+there+",Lê Văn Lâu,\n", "B,"+here+",Ng. V. Hòa,Nguyễn Thị Bé – con – 2010\n")
		require.Equal(t, 2, search(), "two communes")
		require.Equal(t, []string{"A+B"}, refs(w.pairs(w.officer(), household.PairOpen)), "as if the officer had searched")
		require.Zero(t, search(), "nothing came in since")
		w.clock.Add(time.Hour)
		w.twoRegisters("C,"+there+",Lê Văn Lâu,\n", "D,"+there+",Phạm Thị Na,\n")
		require.Equal(t, 1, search(), "that commune alone")
		_, err := w.homes.FindDuplicates(ctx, w.dept(), w.province[0])
		require.NoError(t, err)
		require.Zero(t, search(), "the whole province was searched by hand")
	})
}
