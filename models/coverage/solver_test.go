package coverage

// solver maximises a linear form under rows·y ≤ room, y of any sign, where
// room ≥ 0: y = 0, the truth, is allowed. The simplex method with Bland's rule,
// which cannot run in circles.
type solver struct {
	rows [][]float64
	room []float64
}

const tiny = 1e-9

// most answers the maximum of form·y; every form asked for here is bounded.
func (s *solver) most(form []float64) float64 {
	m, n := len(s.rows), len(form)
	// Columns: y as the difference of two numbers ≥ 0, the slacks, the room.
	tableau, base := make([][]float64, m+1), make([]int, m)
	wide := 2*n + m + 1
	for i := range tableau {
		tableau[i] = make([]float64, wide)
	}
	for i, row := range s.rows {
		for j, x := range row {
			tableau[i][2*j], tableau[i][2*j+1] = x, -x
		}
		tableau[i][2*n+i], tableau[i][wide-1] = 1, s.room[i]
		base[i] = 2*n + i
	}
	for j, x := range form {
		tableau[m][2*j], tableau[m][2*j+1] = -x, x
	}
	for {
		column := entering(tableau[m])
		if column < 0 {
			return tableau[m][wide-1]
		}
		row := leaving(tableau, base, column)
		if row < 0 {
			panic("unbounded")
		}
		pivot(tableau, row, column)
		base[row] = column
	}
}

func entering(goal []float64) int {
	for j, x := range goal[:len(goal)-1] {
		if x < -tiny {
			return j
		}
	}
	return -1
}

func leaving(tableau [][]float64, base []int, column int) int {
	row, least := -1, 0.0
	for i := range base {
		x := tableau[i][column]
		if x <= tiny {
			continue
		}
		ratio := tableau[i][len(tableau[i])-1] / x
		if row < 0 || ratio < least-tiny || ratio < least+tiny && base[i] < base[row] {
			row, least = i, ratio
		}
	}
	return row
}

func pivot(tableau [][]float64, row, column int) {
	p := tableau[row]
	by := p[column]
	for j := range p {
		p[j] /= by
	}
	for i, r := range tableau {
		x := r[column]
		if i == row || x == 0 {
			continue
		}
		for j := range r {
			r[j] -= x * p[j]
		}
	}
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}
