package app

// surveyColumn is something about each customer that few lists ask for.
type surveyColumn struct {
	rank  []int32  // by customer: its place in an order
	words []string // by customer
}
