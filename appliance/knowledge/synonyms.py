"""Groups of words that mean nearly the same in questions about products and places. Data only."""

from __future__ import annotations

GROUPS = """
broken faulty defective damaged malfunction break fail failure
fault error failure malfunction problem trouble defect issue
error error_code error_message fault_code fault
fix repair mend remedy solve resolve cure correct
troubleshoot troubleshooting problem fault remedy
stop_working stopped_working not_work dead fault will_not_start does_not_start
freeze hang stuck crash unresponsive not_respond
loud loudness noisy noise volume sound
quiet quieter silent silence silently mute softer low_noise
noise sound noisy
sound tone beep audio acoustic signal
volume loudness louder quieter sound_level
beep tone buzz chirp bleep signal sound
bell chime ring doorbell gong
ring chime bell sound
alarm alert siren warning
siren alarm horn
throw_away throw_out dispose disposal discard get_rid_of bin scrap recycle rubbish
recycle recycling dispose disposal
rubbish garbage trash waste refuse litter
bin dustbin trash_can container
turn_on switch_on power_on power_up start activate enable start_up come_on
turn_off switch_off power_off shut_down shut_off deactivate disable off
shut_off turn_off close stop
shut close shut_off
shut_up stop silence quiet mute
back rear behind
rear back behind
behind back rear
front forward
below under underneath beneath
under underneath below beneath
above over
side left right
turn_down reduce lower decrease quieter softer volume
turn_up raise increase louder boost volume
activate enable turn_on switch_on arm
deactivate disable turn_off switch_off disarm
arm activate set
disarm deactivate unset
power electricity mains current
power_supply mains adapter charger supply
power_cut power_failure outage blackout no_power mains_failure without_power
plug socket outlet mains plug_in
socket outlet power_point wall_socket
plug_in connect plug insert
unplug disconnect pull_out remove
cable cord lead wire
adapter charger power_supply
begin start commence launch
stop end finish cancel abort interrupt halt quit pause
cancel abort stop delete undo
pause interrupt suspend stop hold
end finish stop over complete
clean wash rinse wipe scrub cleaning
wash clean rinse launder
wipe clean dust
cleaning care maintenance
maintain maintenance care service
dirty dirt soiled soil stain grime muddy
dirt dust debris residue grime mud deposit
dust lint fluff dirt
mud dirt muddy
descale limescale scale calcium lime descaler decalcify
limescale scale chalk calcium deposit descale
rinse flush wash
flush rinse
fill refill top_up pour add load
top_up refill fill recharge
empty drain pour_out discharge
pour fill add
remove take_out take_off detach pull_out extract withdraw lift_out
detach remove take_off unclip
pull_off remove take_off detach lift_off
take_apart dismantle disassemble remove
insert put_in place slot fit load
put_on attach fit wear
attach fasten fix mount fit connect secure clip hook
install fit mount set_up installation setup put_in
mount install fix fit hang attach
hang suspend mount
assemble put_together build assembly
set_up setup install configure installation
configure set_up adjust setting settings
initial first first_time
replace change swap exchange renew substitute replacement
swap replace change exchange
spare replacement extra
accessory accessories attachment extra
attachment accessory tool
how_often every interval frequency times
lifetime lifespan service_life last
expire expiry expiration run_out end valid
valid expire last
locate find located position
location place position spot site
place put position stand locate
put place
store keep storage stow put_away
keep store
heavy weigh weight
weigh weight heavy
size dimension dimensions measurement
dimension size width height depth
big large size
tall height high
height high tall
wide width broad
deep depth
large big
small little compact tiny
huge large big
capacity volume hold holds
hold contain capacity take fit
contain hold include
litre liter l
maximum max most limit highest largest
minimum min least lowest smallest
limit maximum restrict
fast quick rapid speed
slow slowly
speed velocity rate fast
rpm speed spin
watt wattage power consumption w
consumption use energy power
energy electricity power consumption
save reduce economy economical economise
voltage volt v
volt voltage
amp amps ampere current
temperature degree degrees celsius heat
heat warm heating hot
hot warm heat temperature
warm hot heat warmer
cold cool chilly chill
cool cold chill cooler
overheat too_hot hot overheating
freeze frost frozen ice
frost freeze ice winter cold
humidity humid moisture damp
damp moisture humid wet humidity
wet damp moist moisture soaked
moist damp wet
dry drying dried
waterproof water_resistant splash ip_rating watertight
rain wet weather shower
outdoors outside outdoor
indoors inside indoor
leak leaking drip escape seep puddle
drip leak drop
puddle leak water
spill spilled spilt
overflow flood
flood flooding leak
smell odour odor stink
stink smell odour
smoke fume fumes
fire burn flame burning
burn burnt fire scorch
steam vapour vapor
indicate show mean signal
symbol icon sign
icon symbol
light lamp led indicator
lamp light led indicator bulb
led light lamp indicator
bulb lamp light
blink flash pulse flicker
flash blink pulse
pulse flash blink
flicker flash blink
lit glow light_up on steady
glow light lit
steady constant continuous solid
constant steady continuous
display screen panel readout
screen display
monitor screen display
touchscreen touch_screen display screen
button key switch knob
key button
knob dial button control
dial knob control
switch button
keypad keyboard keys
press push hold tap hit
push press
tap press touch
hold press keep
turn rotate twist swivel
rotate turn twist
lever handle
handle grip lever
warning danger caution
danger hazard dangerous risk
dangerous hazard danger harmful
safe safety harmless
safety safe precaution
child children baby toddler infant
toddler baby child infant
baby infant toddler child
cot crib bed
child_lock child_safety key_lock lock childproof
childproof child_lock lock
lock locked latch
unlock release open
open opening
lid cover cap
cover lid cap
cap lid cover
hatch flap door
drawer compartment tray
compartment drawer slot
battery batteries cell accu
cell battery
rechargeable charge
battery_life runtime run_time battery_last
charge recharge charging
flat empty discharged drained
discharged empty flat
filter strainer sieve mesh cartridge
strainer filter sieve
brush bristle
dustbag bag
bag sack
tank reservoir container
reservoir tank
jug carafe pitcher pot
bowl dish container
cup mug
mug cup
glass bottle glassware
blade knife cutter
knife blade
sharp sharpen
hose pipe tube
pipe tube hose
tube hose pipe
nozzle jet spout
spout nozzle
tap faucet valve spigot
valve tap
pump pumping
motor engine drive
engine motor
base stand bottom
bottom base underside underneath
stand base
feet foot leg
level even straight balance
wobble vibrate shake unstable
vibrate vibration shake rattle wobble
shake vibrate
move shift carry transport
transport carry move
carry transport lift
travel trip journey
holiday vacation trip absence away
vacation holiday away
away absence holiday vacation absent
absence away holiday
winter cold frost
operate use run control
use operate
run operate
mode program setting programme
program programme mode cycle
cycle program programme
setting option adjust level
adjust set regulate change alter
change adjust alter modify set
modify change adjust
alter change
choose select pick
select choose pick
default preset factory standard
timer countdown schedule
schedule timer timetable plan
timetable schedule
delay postpone later
postpone delay
clock time
reset restore factory_settings
factory_reset factory_settings reset default
erase delete clear wipe reset factory_settings
start_over reset scratch
from_scratch reset factory_settings
reboot restart reset
restart reboot start_again
delete erase remove clear
clear delete erase
save store keep
memory storage
record store log
copy duplicate backup
backup back_up copy
back_up backup
restore recover
password passcode code passphrase pin key
pin code password passcode
code pin password number
forgot forget forgotten lost
forget forgotten forgot
cannot_remember forgotten forget lost
not_remember forgotten forget
lose lost missing
missing lost
login sign_in log_in
log_in sign_in login
account profile
user person owner
enter type input
type enter input
guest visitor
visitor guest
invite share
connect link join pair attach
connection link connect
pair connect link bluetooth
enrol register pair teach
register enrol registration
add create enrol new
create add make
disconnect unplug separate
wifi wireless network wlan
network wifi
internet online web
online internet
wireless wifi radio
radio wireless
frequency megahertz mhz ghz hertz
bluetooth wireless
range distance reach
distance range far gap
far distance range
app application software
application app
smartphone phone mobile telephone
phone telephone mobile smartphone
mobile phone smartphone
telephone phone
computer pc laptop
laptop computer
tablet ipad
firmware software
software firmware
update upgrade
upgrade update
version edition
serial_number rating_plate type_plate
language english
assistant voice
speak say talk
talk speak
microphone mic
speaker loudspeaker
camera video
video film recording
picture image photo
photo picture image
privacy private
data information
remote remote_control handset fob
remote_control remote handset
fob remote key
compatible fit suitable work_with
suitable fit appropriate
support supported
allowed permit may permitted
permit allow may
permission allowed permit
forbidden prohibited not_allowed banned never
prohibited forbidden
require need required necessary
necessary required needed
tool screwdriver spanner wrench
screwdriver tool screw
screw bolt
tighten fasten
loosen undo slacken
loose slack
tight stiff
stuck jam jammed blocked
jam stuck blocked jammed
blocked blockage clogged clog block obstructed
clogged blocked block clog blockage
block clog obstruct
contact call reach phone
customer_service support service hotline helpline
hotline helpline service
call phone ring telephone
email mail
address website
technician engineer specialist electrician installer professional
electrician technician qualified
professional specialist technician qualified
plumber technician
dealer retailer shop seller
manufacturer maker
warranty guarantee
guarantee warranty
cover warranty guarantee
return send_back
refund money_back
purchase buy
receipt proof_of_purchase
price cost fee charge
cost price fee
fee charge cost price
free free_of_charge
deposit refund
tax fee
include contain supplied
contents include in_the_box
in_the_box included contents supplied
come_with included supplied
package box packaging
packaging package carton
part component piece
component part
material made_of
plastic metal
steel metal stainless
metal steel
colour color
red amber orange
amber orange yellow
orange amber
grey gray
cook bake roast fry boil
bake cook oven
oven cooker
stove hob cooker
hob stove cooktop cooker
fridge refrigerator
refrigerator fridge
freezer fridge
microwave oven
kettle boiler
boiler heater
heater heating radiator
radiator heating heater
heating heat radiator boiler
underfloor floor
thermostat temperature
thermometer probe sensor temperature
fan blower ventilator
air_conditioning cooling
ventilate ventilation air
vent ventilation window flap
air ventilation
food meal ingredient
meal food dish
breakfast meal
dinner meal
drink beverage
coffee espresso brew
espresso shot coffee
shot espresso
brew extract make
bean beans
grind grinder
grinder grind mill
coarse fine
strong strength intensity
weak thin watery
bitter sour taste
taste flavour
flavour taste aroma
milk froth foam
froth foam
foam froth
frother steam_wand froth
wand steam_wand
hardness hard limescale
vinegar acid citric
detergent soap
soap detergent washing_up_liquid
washing_up_liquid soap detergent
powder detergent
softener conditioner
laundry washing clothes
clothes clothing garment laundry
washing laundry clothes
swimsuit swimwear clothes towel
towel linen cloth
sheet linen bedding
bedding linen sheet
cloth rag towel
sponge cloth
dryer tumble_dryer dry
iron ironing
spin rpm
dishwasher dishwasher_safe
crockery dish plate
solvent chemical
chemical solvent cleaner
cleaner detergent cleaning_agent
cleaning_agent detergent cleaner
bleach chlorine
alcohol spirit
oil lubricate lubricant grease
grease lubricate oil
lubricate oil grease
squeak creak noise
creak squeak noise
rattle noise
fuel petrol
bike bicycle cycle
bicycle bike cycle
cycle bike bicycle
car vehicle
vehicle car
park parking
garage parking
tyre tire wheel
tire tyre
wheel tyre
puncture flat_tyre tyre
pressure bar psi
inflate pump pressure
ride cycling
brake braking
gear shift
chain drivetrain
saddle seat
seat saddle chair
chair seat high_chair
handlebar bar
helmet head
pedal pedalling
assist support assistance
climb uphill hill
hill steep climb
mile km kilometre
kilometre km mile
throttle walk_assist
theft stolen thief burglar
steal stolen theft
burglar intruder thief robber
intruder burglar thief
robber burglar intruder thief attacker
force threaten duress
threaten force duress
police emergency
ambulance emergency doctor
emergency urgent
plant crop
crop plant vegetable
vegetable crop plant
flower plant
seed plant
grow growing
garden outdoors
lawn grass
grass lawn
soil ground earth
ground soil floor earth
fertiliser fertilizer feed plant_food nutrient
fertilizer fertiliser feed
plant_food fertiliser feed
watering water irrigation
irrigation watering water
water watering
sprinkle spray mist
spray mist nozzle
mist spray fog
drip_irrigation watering dripper
wilt droop wither
droop wilt
mould mold mildew fungus
mold mould
pest insect
insect pest fly
spider insect
pet animal dog cat
dog pet animal
cat pet animal
animal pet
polish shine
gentle soft
scratch scratched
stain mark spot
rust corrosion
crack cracked
snap break
tear torn
wear worn
dent damage
floor ground
carpet rug
surface worktop
worktop counter countertop table
counter worktop countertop
ceiling roof
roof ceiling terrace
wall bracket
window pane glass
pane window glass
curtain blind
blind curtain shutter
door entrance gate
entrance door entry
entry entrance enter
exit leave way_out
gate door
hall corridor
room area
bathroom shower
shower bath
toilet wc bathroom
bath shower bathtub
tile tiles floor
stairs upstairs
upstairs floor
balcony terrace
terrace balcony patio
courtyard yard
flat apartment
apartment flat
check_in arrival arrive move_in
check_out departure leave move_out
move_in check_in arrive
move_out check_out leave
arrive arrival check_in
arrival arrive check_in
depart departure leave
departure depart check_out
leave departure exit
lock_out locked_out lock
shop store supermarket
grocery shop supermarket
supermarket shop grocery
store shop
bus train transport
train bus
doctor medical pharmacy hospital
hospital doctor emergency
pharmacy chemist medicine
medicine pharmacy drug
fever ill sick doctor
ill sick doctor
hurt injury injured
injury hurt first_aid
first_aid injury
swim swimming bathe
beach sea
sea beach
borrow lend rent hire
rent hire borrow
lend borrow
smoking smoke
party noise guest
space gap clearance room
gap clearance distance space
clearance gap distance space
altitude elevation
dark black blank
black dark blank
blank dark black
bright brightness
brightness bright dim
dim brightness darker
standby sleep
sleep standby
wake wake_up on
wake_up wake
automatic automatically auto itself
itself automatic automatically auto
by_itself automatic automatically auto
manual manually by_hand hand
by_hand manual manually
remaining left rest
finished done complete ready
ready finished done
wait pause
usual normal typical
check inspect examine test verify
find_out measure check determine
inspect check examine
test check try trial
measure measurement measuring
reading value measurement
accurate accuracy precise
precise accurate
sensor detector probe
detector sensor
probe sensor
detect detection sense
motion movement move
movement motion move
trigger set_off activate
set_off trigger alarm go_off
go_off trigger set_off sound
false_alarm go_off
notification message alert
message notification text
notify notification message
history log record
log history record
graph chart
calibrate calibration adjust
paper sheet
print printer
ink cartridge toner
capsule pod
pod capsule
scan scanner
book reserve booking
reservation booking book
opening_hours open
pay payment
card chip
key keys
staff reception
member membership
law legal regulation
certificate certification
licence license
age old year
kid child
pacemaker implant medical
allergy allergic
ear hearing
hearing ear
glasses eyeglasses
strap belt band
sofa couch
couch sofa
mattress bed
bed mattress
pillow cushion
blanket duvet
crumb residue
bread toast
toast bread
basket rack
rack basket shelf
shelf rack
tray drawer
fat grease
extension_cord extension_lead extension_cable
several multiple
multiple several many
simultaneously same_time together
same_time simultaneously together
together simultaneously
reuse again
trip circuit_breaker fuse
fuse fuse_box circuit_breaker
circuit_breaker fuse
breaker fuse
lightning thunderstorm storm
storm wind thunderstorm
windy wind
wind storm
sunny sun
sun sunlight
snow ice winter
climate weather
fall drop
drop fall
upside_down tilt
tilt lean
lift raise
raise increase lift
increase raise
lower reduce
reduce lower decrease
decrease reduce lower
explode explosion
electric_shock shock
swallow ingest
poison toxic
toxic poison
nickname name
rename name
name call title
sign symbol mark
arrow pointer
umbrella rain
snowflake frost cold
drop water
hourglass wait
thumb finger
fingerprint finger
television tv
tv television
channel station
music song audio
song music
game play
stove fireplace
candle flame
paint painting
glue adhesive stick
adhesive glue stick
stick glue adhesive
drill hole
hole opening
cut trim
trim cut
thread string
rope line
line cord
height_adjust height
sew stitch seam
fabric cloth textile material
vacuum hoover suction
suction suck vacuum
dock docking_station charging_station base_station
docking_station dock base
robot mower cleaner
mow mowing cut lawn
map floor_plan mapping
obstacle barrier
cliff stairs drop
cartridge filter ink
refrigerant coolant gas
compressor motor
odour smell
fresh freshness
defrost thaw ice
shelf shelves rack
egg eggs
vegetable vegetables fruit
fruit vegetable
meat fish
leftover food
oven cooker
grill broil
preheat warm_up heat_up
heat_up warm_up preheat heating
warm_up heat_up preheat
roast bake
recipe ingredient
dough bread
serving portion
portion serving cup
crumb_tray crumbs
burn scald hot
scald burn hot
spin_cycle spin
delicate wool gentle
wool delicate
drum tub
load laundry fill
softener rinse
rinse_aid rinse
salt softener regenerate
spot stain
streak smear
channel station
antenna aerial
aerial antenna
hdmi input
subtitle caption
soundbar speaker
headphone headphones earphone earbud headset
earbud earphone headphone
headset headphone
playlist music
stream streaming
lens objective
zoom magnify
flashlight torch
torch light flashlight
selfie photo
video clip recording
sd_card memory_card storage
memory_card sd_card
usb port
port socket connector jack
connector plug port jack
jack socket port
firmware software version
router modem gateway access_point
modem router
gateway hub bridge
hub gateway bridge
ethernet lan network_cable
ssid network_name
signal_strength reception signal
reception signal
weak poor signal
mesh repeater
cloud server
thermostat controller
controller control_unit panel
schedule programme timer
eco economy saving
saving economy eco
boost turbo maximum
turbo boost
presence occupancy motion
doorbell bell
peephole camera
visitor doorbell
unlock open
deadbolt lock bolt
key_card card
spare_key key
jam blocked
keyhole lock
baby_monitor monitor
cry baby sound
night_light light
lullaby music song
hearing_aid hearing
earwax wax
blood_pressure cuff
cuff arm
pulse heart_rate
heart_rate pulse
glucose sugar
dose dosage amount
dosage dose
needle lancet
wheelchair mobility
brake stop
scooter vehicle
speed_limit maximum_speed
kerb step
kickstand stand
bell horn
horn bell
reflector light
mudguard fender
fender mudguard
luggage rack carrier bag
carrier rack
pannier bag
trailer tow
tow trailer pull
child_seat seat
load_capacity maximum_load maximum_weight
maximum_load load weight capacity
derailleur gear
shift gear change
cassette sprocket
sprocket cassette chain
spoke wheel
rim wheel
torque newton
allen_key hex_key tool
hex_key allen_key tool
drill bit
drill_bit bit
chuck bit
saw blade cut
sawdust dust
goggles eye_protection glasses
glove gloves
protective protection
protection protect guard
guard cover protection shield
shield guard cover
sand sandpaper
mower lawn
fuel petrol gasoline
gasoline petrol fuel
diesel fuel
oil_change oil
spark_plug plug
choke start
pull_cord starter
hedge trim
pool swimming_pool
chlorine chemical
algae green
backwash rinse filter
inverter solar
solar sun panel
panel module
grid mains
hot_tub pool
boat vessel
caravan camper
awning cover
gas propane
propane gas
pilot_light flame ignite
ignite light
ignition start light
chimney flue
flue chimney exhaust
exhaust outlet vent
duct pipe vent
radiator bleed heating
bleed vent air
water_pressure pressure bar
stopcock shut_off valve
shut_off_valve stopcock valve
sink basin
basin sink
drain outlet sink
unblock clear
plunger drain
shower_head shower
towel_rail towel
smoke_detector smoke_alarm
smoke_alarm smoke_detector
carbon_monoxide gas
fire_blanket fire
fire_exit escape
escape exit
assembly_point meeting_point
lift elevator
elevator lift
parking_space parking car
parking_permit permit
keycard key
hairdryer hair_dryer
hair_dryer hairdryer
luggage bag suitcase
suitcase luggage
towel towels linen
laundrette laundry
cleaner cleaning
tip gratuity
check_in_time check_in
bill invoice
invoice bill
refund money_back
voucher coupon
discount reduction
aquarium tank fish
feeder feed
feed food feeding
litter tray
collar leash
projector screen
keystone image
focus sharp blur
blur blurry sharp focus
resolution pixel
contrast brightness
keyboard key
mouse cursor
nozzle print
filament material
bed plate
align alignment level
alignment align
toner ink
paper_jam jam paper
duplex both_sides
scan copy
fax phone
label sticker plate
sticker label
instruction manual handbook
handbook manual guide
expand extend
extend expand lengthen
fold collapse
unfold open
collapse fold
portable carry
weatherproof waterproof rain
snow winter
salt salty
dew condensation moisture
condensation moisture dew fog
foggy fog condensation
drain_hose hose
kink bend
bend kink
stretch tension
tension tight
slip slide
slide push move
wedge block
hinge door
seal gasket
gasket seal
o_ring seal
grease lubricate
ear_tip tip
hum noise
click noise sound
grinding noise
squeal noise
whistle noise
clatter noise
pop noise
gurgle noise
vibrating vibration
spark fire
sparks fire
shock electric
earth ground
grounded earth
fuse_box consumer_unit
age year old
elderly old
pregnant pregnancy
disabled disability
left_handed left
diameter width size
thickness thick
thick thickness
length long
width wide
depth deep
circumference size
percent percentage
percentage percent
half 50
quarter 25
double two
triple three
fortnight two_weeks
annual yearly year
yearly annual every_year
monthly month
weekly week
daily day
once_a_year every_year yearly
overnight night
hourly hour
load weight capacity
passenger person
weight_limit maximum_weight load
shirt clothes
trouser clothes
shoe boot
teach learn train
learn teach
peel remove
melt thaw
thaw defrost
defrost thaw ice
"""
"""Each line: words that may stand for the first word, and it for them."""

HINTS = """
how_long minute hour second day week month year
how_often every daily weekly monthly yearly
not_allowed never not must_not do_not
not_use never not do_not
how_heavy kg weigh kilogram gram weight
heavy kg kilogram gram
weigh kg kilogram gram
how_loud decibel db
loud decibel db
decibel db noise
how_far metre range kilometre
how_tall height metre centimetre
how_high height metre centimetre
how_big width height dimension
how_wide width
how_deep depth
how_hot temperature degree
how_cold temperature degree
how_fast speed
how_strong pressure bar
how_much_power watt
old year age
gap centimetre millimetre
size centimetre millimetre
warranty year month
forgot new_code
kitchen oven
person people
wife user
husband user
iphone phone app
android phone app
alexa assistant voice
siri assistant
bathroom toilet
sunday sundays
weekend saturday sunday
saturday weekend
noon midday 12
midnight 12
electric_car charging_station
dead battery power
rash skin
"""
"""Each line: a word or phrase of a question, and what may tell of it in a passage, weakly."""
