package models

import (
	"crypto/rand"
	"strings"
)

// codeAlphabet has 31 characters, a prime number, and none that is mistaken
// for another when read aloud or copied by hand (no 0 O, 1 I L).
const codeAlphabet = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"

// NewCode makes a random public code of n characters plus one check character.
// With n = 9 there are 31^9 ≈ 2.6·10^13 codes, so that guessing is hopeless.
func NewCode(n int) string {
	// Bytes of the last, incomplete run of 31 would favour its characters.
	const fair = 256 - 256%len(codeAlphabet)
	b, draw := make([]byte, 0, n+1), make([]byte, n+4)
	for len(b) < n {
		_, _ = rand.Read(draw) // never fails: it would end the program
		for _, x := range draw {
			if int(x) < fair && len(b) < n {
				b = append(b, codeAlphabet[int(x)%len(codeAlphabet)])
			}
		}
	}
	return string(append(b, checkChar(string(b))))
}

// checkChar is a weighted sum modulo the prime 31: it catches every single
// wrong character and every swap of two different ones (weights 1..n distinct
// modulo 31 for n ≤ 30).
func checkChar(body string) byte {
	sum := 0
	for i := range len(body) {
		sum += (i + 1) * strings.IndexByte(codeAlphabet, body[i])
	}
	return codeAlphabet[sum%len(codeAlphabet)]
}

// NormalizeCode reads a code as people type it (spaces, dashes, small letters)
// and answers its canonical form. The error is an Invalid Error with code
// "invalid_code" when a character or the check character is wrong.
func NormalizeCode(s string) (string, error) {
	s = strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "\u00a0", "").Replace(strings.TrimSpace(s)))
	if len(s) < 4 || len(s) > 30 {
		return "", Invalid("invalid_code")
	}
	for i := range len(s) {
		if strings.IndexByte(codeAlphabet, s[i]) < 0 {
			return "", Invalid("invalid_code")
		}
	}
	if checkChar(s[:len(s)-1]) != s[len(s)-1] {
		return "", Invalid("invalid_code")
	}
	return s, nil
}

// GroupCode writes a code in groups of four for reading: "7KQM-29XD-A3".
func GroupCode(code string) string {
	var b strings.Builder
	for i := range len(code) {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		b.WriteByte(code[i])
	}
	return b.String()
}
